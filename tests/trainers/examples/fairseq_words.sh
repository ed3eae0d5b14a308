#!/usr/bin/env bash
ROOT=${1:-/data}; LR=0.0005
fairseq-hydra-train task._name=audio_pretraining task.data=$ROOT/manifest criterion=wav2vec \
    distributed_training.distributed_world_size=8 +optimization.update_freq='[8]' \
    optimization.max_update=400000 optimization.lr="[$LR]" \
    lr_scheduler=polynomial_decay +lr_scheduler.total_num_update=400000 lr_scheduler.warmup_updates=32000 \
    hydra.run.dir=$ROOT/out
