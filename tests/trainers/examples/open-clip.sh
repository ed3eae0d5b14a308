#!/bin/bash
#SBATCH --nodes 2
export CUDA_VISIBLE_DEVICES=0,1,2,3
EPOCHS=10
BATCH=256
torchrun --nproc_per_node 4 -m open_clip_train.main \
    --save-frequency 1 \
    --zeroshot-frequency 1 \
    --train-data="pipe:aws s3 cp s3://bucket/{00000..01243}.tar -" \
    --train-num-samples 10_968_539 \
    --dataset-type webdataset \
    --dataset-resampled \
    --warmup 2000 \
    --batch-size=$BATCH \
    --epochs=$EPOCHS \
    --lr 5e-4 \
    --wd 0.2 \
    --workers=8 \
    --model ViT-B-32 \
    --precision amp_bfloat16 \
    --local-loss \
    --gather-with-grad
