#!/usr/bin/env python3
# -*- coding:utf-8 -*-
import os

from yolox.exp import Exp as MyExp


class Exp(MyExp):
    def __init__(self):
        super(Exp, self).__init__()
        self.depth = 0.33
        self.width = 0.50
        self.exp_name = os.path.split(os.path.realpath(__file__))[1].split(".")[0]

        # Define yourself dataset path
        self.data_dir = "datasets/tiles"
        self.train_ann = "instances_train.json"
        self.num_classes = 7

        self.max_epoch = 100
        self.no_aug_epochs = 10
        self.basic_lr_per_img = 0.01 / 64.0
        self.data_num_workers = 4

    def get_dataset(self, cache=False, cache_type="ram"):
        from yolox.data import COCODataset

        return COCODataset(data_dir=self.data_dir, json_file=self.train_ann, img_size=self.input_size)
