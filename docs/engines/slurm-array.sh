#!/bin/bash
# Each capture of a list is a task of its own (docs/ENGINES.md):
#   find /captures -name '*.pcap*' | sort > list.txt
#   sbatch --array=1-$(wc -l < list.txt)%50 slurm-array.sh list.txt /tables
# A task that is run again replaces what it wrote.
#SBATCH --job-name=sanscope-export
#SBATCH --cpus-per-task=1
#SBATCH --mem=512M
#SBATCH --time=01:00:00
#SBATCH --requeue
set -euo pipefail
list=$1
tables=$2
capture=$(sed -n "${SLURM_ARRAY_TASK_ID}p" "$list")
exec sanscope export --quiet --parquet "$tables" "$capture"
