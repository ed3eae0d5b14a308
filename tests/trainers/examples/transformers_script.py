#!/usr/bin/env python
!pip install -q transformers datasets
"""Fine-tune a classifier."""
import os

import torch
from transformers import AutoTokenizer, Trainer
import transformers

HF_TOKEN = #put your token
MODEL = "distilbert-base-uncased"
EPOCHS = 3
BATCH_SIZE, ACCUMULATE = 16, 2
LEARNING_RATE = 2e-5
tokenizer = AutoTokenizer.from_pretrained(MODEL, token=HF_TOKEN)


def tokenize(batch, learning_rate=1):
    return tokenizer(batch["text"], truncation=True, max_length=512)


def main(seed=42):
    common = dict(weight_decay=0.01, lr_scheduler_type="cosine")
    run = f"{MODEL}-{seed}"
    args = transformers.TrainingArguments(
        os.path.join("out", run),
        learning_rate=LEARNING_RATE,  # a bit high
        num_train_epochs=EPOCHS,
        per_device_train_batch_size=BATCH_SIZE,
        gradient_accumulation_steps=ACCUMULATE,
        warmup_ratio=1 / 10,
        fp16=torch.cuda.is_available(),
        logging_steps=len(os.listdir(".")) // 10,
        report_to=[],
        **common,
    )
    Trainer(model=None, args=args, train_dataset=None).train()


if __name__ == "__main__":
    main()
