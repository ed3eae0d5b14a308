_base_ = []
# ======================= Frequently modified parameters =====================
train_batch_size_per_gpu = 16
base_lr = 0.01
max_epochs = 30
lr_factor = 0.01  # Learning rate scaling factor
train_dataloader = dict(batch_size=train_batch_size_per_gpu, num_workers=8)
param_scheduler = None
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(type='SGD', lr=base_lr, momentum=0.937, nesterov=True, batch_size_per_gpu=train_batch_size_per_gpu),
    constructor='YOLOv5OptimizerConstructor')
default_hooks = dict(
    param_scheduler=dict(
        type='YOLOv5ParamSchedulerHook', scheduler_type='cosine', lr_factor=lr_factor, max_epochs=max_epochs,
        warmup_epochs=3.0, warmup_bias_lr=0.1),
    checkpoint=dict(type='CheckpointHook', interval=10))
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=max_epochs, val_interval=10)
