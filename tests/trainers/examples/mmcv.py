optimizer = dict(type='SGD', lr=4 * 1e-3, momentum=0.9, weight_decay=0.0001,
                 paramwise_cfg=dict(custom_keys={'norm': dict(decay_mult=0.)}))
optimizer_config = dict(grad_clip=None)
# learning policy
lr_config = dict(
    policy='poly',
    warmup='linear', warmup_iters=1500,
    warmup_ratio=1e-6,
    power=1.0, min_lr=0.0, by_epoch=False)
runner = dict(type='IterBasedRunner', max_iters=160000)
checkpoint_config = dict(by_epoch=False, interval=16000)
gpu_ids = range(0, 4)
workflow = [('train', 1)]
