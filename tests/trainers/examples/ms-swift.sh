#!/bin/bash
# 4 * 22GiB
nproc_per_node=4
COMMON=(
    --torch_dtype bfloat16
    --max_steps 500   # instead of epochs
    # --num_train_epochs 1
    --warmup_ratio 0.05
)

CUDA_VISIBLE_DEVICES=0,1,2,3 \
NPROC_PER_NODE=$nproc_per_node \
swift sft \
    --model Qwen/Qwen2.5-7B-Instruct \
    --train_type lora \
    --dataset 'AI-ModelScope/alpaca-gpt4-data-zh#500' \
              'swift/self-cognition#500' \
    "${COMMON[@]}" \
    --learning_rate "${LR:-1e-4}" \
    --lr_scheduler_type cosine_with_min_lr --lr_scheduler_kwargs '{"min_lr": 1e-6}' \
    --gradient_accumulation_steps $(expr 16 / $nproc_per_node) \
    --deepspeed zero2 "$@" 2>&1 | tee train.log
