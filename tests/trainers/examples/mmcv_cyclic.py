# For nuScenes, as is usual in 3D detection.
lr = 1e-4
optimizer = dict(
    type='AdamW', lr=lr, betas=(0.95, 0.99), weight_decay=0.01,
    paramwise_cfg=dict(custom_keys={'img_backbone': dict(lr_mult=0.1)}))
optimizer_config = dict(grad_clip=dict(max_norm=35, norm_type=2))
lr_config = dict(
    policy='cyclic',
    target_ratio=(10, 1e-4),
    cyclic_times=1,
    step_ratio_up=0.4,
)
momentum_config = dict(policy='cyclic', target_ratio=(0.85 / 0.95, 1), cyclic_times=1, step_ratio_up=0.4)
runner = dict(type='IterBasedRunner', max_iters=4000)
data = dict(samples_per_gpu=4, workers_per_gpu=4)
