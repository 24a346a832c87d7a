#!/usr/bin/env bash
#
# A PostgreSQL and a RabbitMQ for one class of tests, or for one fault run, which freezes, stops and restarts them. Ends with its
# standard input.
#
#   private-servers.sh DEPLOY_DIRECTORY DATA_DIRECTORY
#
# Prints the process id and the address of each server, then executes the commands that it reads, one a line, and answers each
# with a line: "done", or the process id and the address of the server that it has started.
#
#   memory FRACTION            RabbitMQ may use this fraction of the memory; a small one raises the memory alarm
#   stop SERVER SIGNAL         ends postgres (INT: fast, QUIT: immediate) or rabbitmq (TERM: in order, KILL)
#   start SERVER               starts it again with its data, on the same port
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
    say done
}

stop() {
    case $1 in
        postgres)
            stop_process "$POSTGRES_PID" "$2" 60
            POSTGRES_PID=
            ;;
        rabbitmq)
            stop_process "$RABBITMQ_PID" "$2" 60
            stop_process "$EPMD_PID" TERM 5
            RABBITMQ_PID='' EPMD_PID=''
            ;;
        *) die "unknown server $1" ;;
    esac
    say done
}

start() {
    case $1 in
        postgres)
            start_postgres >&2
            wait_for_postgres >&2
            say "$POSTGRES_PID $ConnectionStrings__Postgres"
            ;;
        rabbitmq)
            start_rabbitmq >&2
            wait_for_rabbitmq >&2
            say "$RABBITMQ_PID $RabbitMq__Uri"
            ;;
        *) die "unknown server $1" ;;
    esac
}

data_directory_open >&2
start_private postgres rabbitmq >&2
say "$POSTGRES_PID $ConnectionStrings__Postgres"
say "$RABBITMQ_PID $RabbitMq__Uri"
while read -r command first second; do
    case $command in
        memory) memory "$first" ;;
        stop) stop "$first" "$second" ;;
        start) start "$first" ;;
        *) die "unknown command $command" ;;
    esac
done
