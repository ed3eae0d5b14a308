#!/bin/bash
SEQ_LEN=2048
TOKENS_B=20 # in billions
TRAIN_TOKENS=$(( ${TOKENS_B} * 1000000000 ))
WARMUP=$((375*1000000))
megatron_options=" \
    --tensor-model-parallel-size 1 --num-layers 24 --hidden-size 1024 --seq-length ${SEQ_LEN} \
    --micro-batch-size 4 --global-batch-size 256 --rampup-batch-size 32 32 100000 \
    --train-samples $(( ${TRAIN_TOKENS} * 3 / ${SEQ_LEN} )) \
    --train-tokens ${TRAIN_TOKENS} --lr-decay-tokens ${TRAIN_TOKENS} --lr-warmup-tokens ${WARMUP} \
    --lr 2.0e-4 --min-lr 1.0e-06 --lr-decay-style cosine --weight-decay 0.1"
deepspeed pretrain_gpt.py ${megatron_options} --deepspeed --deepspeed_config ds.json &> out.log
