#!/usr/bin/env bash
#
# A PostgreSQL and a RabbitMQ for one class of tests, which freezes them. Ends with its standard input.
#
#   private-servers.sh DEPLOY_DIRECTORY DATA_DIRECTORY
#
# Prints the process id and the address of each server, then executes the commands that it reads, one a line, and prints
# "done" after each:
#
#   memory FRACTION    RabbitMQ may use this fraction of the memory; a small one raises the memory alarm
set -euo pipefail

VSGRPC_DATA=$2
# shellcheck source=deploy/servers.sh
source "$1/servers.sh"
POSTGRES_OPTIONS=(-c fsync=off)
OWNER_MAY=(createdb)
trap servers_stop EXIT

memory() {
    local directory=$VSGRPC_DATA/rabbitmq
    run_as "$(server_user rabbitmq)" \
        HOME="$directory" ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$(cat "$directory/epmd-port")" \
        RABBITMQ_NODENAME="$(cat "$directory/node")" RABBITMQ_CONF_ENV_FILE="$directory/rabbitmq-env.conf" \
        "$(rabbitmq_folders | tail -n 1)/rabbitmqctl" --quiet set_vm_memory_high_watermark "$1" >&2
}

data_directory_open >&2
start_private postgres rabbitmq >&2
say "$POSTGRES_PID $ConnectionStrings__Postgres"
say "$RABBITMQ_PID $RabbitMq__Uri"
while read -r command fraction; do
    [[ $command == memory ]] || die "unknown command $command"
    memory "$fraction"
    say done
done
