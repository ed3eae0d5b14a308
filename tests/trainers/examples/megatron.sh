#!/bin/bash
# Runs the "345M" parameter model
export CUDA_DEVICE_MAX_CONNECTIONS=1

GPUS_PER_NODE=${GPUS_PER_NODE:-8}
NNODES=1
TRAIN_ITERS=500_000
CHECKPOINT_PATH=$1 #<Specify path>
DATA_PATH=$2 #<Specify path and file prefix>_text_document

DISTRIBUTED_ARGS=(
    --nproc_per_node $GPUS_PER_NODE
    --nnodes $NNODES
)

GPT_MODEL_ARGS=(
    --num-layers 24
    --hidden-size 1024
    --seq-length 1024
)

TRAINING_ARGS="
    --micro-batch-size 4 \
    --global-batch-size 64 \
    --train-iters ${TRAIN_ITERS} \
    --lr 0.00015 \
    --lr-decay-iters 320000 \
    --lr-decay-style cosine \
    --min-lr 1.0e-5 \
    --lr-warmup-fraction .01 \
    --weight-decay 1e-2 \
    --clip-grad 1.0 \
    --bf16
"

torchrun ${DISTRIBUTED_ARGS[@]} pretrain_gpt.py \
    ${GPT_MODEL_ARGS[@]} \
    $TRAINING_ARGS \
    --data-path $DATA_PATH \
    --save $CHECKPOINT_PATH \
    --distributed-backend nccl 2>&1 | tee log.txt
