# train a miniature character-level model, good for debugging on macbooks
import time

out_dir = 'out-char'
eval_interval = 250  # keep frequent because we'll overfit
eval_iters = 200
always_save_checkpoint = False

wandb_log = False  # override via command line if you like
wandb_run_name = 'mini-gpt-' + str(time.time())

dataset = 'shakespeare_char'
# 12 batch size * 1024 block size * 5 gradaccum * 8 GPUs
gradient_accumulation_steps = 5 * 8
batch_size = 12
n_layer = 6

learning_rate = 1e-3  # with baby networks can afford to go a bit higher
max_iters = 5_000
lr_decay_iters = max_iters  # make equal to max_iters usually
min_lr = learning_rate / 10
warmup_iters = int(0.02 * max_iters)
dtype = 'bfloat16' if torch.cuda.is_available() else 'float16'
