# Copyright (c) the makers of an example. A detector with its own optimizer groups.
from .modules import Head  # noqa

_base_ = []
max_epochs, stage2 = 24, 4
base_lr = 2e-4 * 16 / 32
optim_wrapper = dict(
    type='AmpOptimWrapper',
    optimizer=dict(type='SGD', lr=base_lr, momentum=0.9, weight_decay=0.05),
    paramwise_cfg=dict(
        norm_decay_mult=0, bias_decay_mult=0, bias_lr_mult=2., bypass_duplicate=True,
        custom_keys={
            'backbone': dict(lr_mult=0.1, decay_mult=1.0),
            '.pos_embed': dict(decay_mult=0.0)}),
    clip_grad=dict(max_norm=0.1, norm_type=2))
train_cfg = dict(type='IterBasedTrainLoop', max_iters=9_000, val_interval=500)
param_scheduler = [
    dict(type='QuadraticWarmupLR', by_epoch=False, begin=0, end=500),
    dict(
        type='CosineAnnealingLR', eta_min=base_lr * 0.05, T_max=9_000 // 2,
        begin=4500, end=9000, by_epoch=False),
    dict(type='LinearMomentum', start_factor=0.9, by_epoch=False, end=500),
    dict(type='CosineAnnealingParamScheduler', param_name='weight_decay', by_epoch=False),
]
default_hooks = dict(param_scheduler=dict(type='ParamSchedulerHook'))
default_hooks.update(checkpoint=dict(interval=500))
custom_hooks = [dict(type='EMAHook')]
custom_hooks.append(dict(type='PipelineSwitchHook', switch_epoch=max_epochs - stage2))
