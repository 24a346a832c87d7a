# shellcheck shell=bash
#
# Provides PostgreSQL and RabbitMQ to deploy/run and deploy/test, which source this file.
#
#   data_directory_open   creates $VSGRPC_DATA if need be and locks it: one user of a data directory at a time
#   servers_start         provides both servers, then exports ConnectionStrings__Postgres and RabbitMq__Uri
#   servers_stop          stops what servers_start has started, also when it got only half way; nothing else
#
# Each server comes from the first of these that applies:
#   1. its variable is already set: that server is used as it is
#   2. Docker: compose.yaml, with the official images
#   3. private instances of Debian's packages (installed when missing): own data, own free ports on 127.0.0.1, own
#      passwords, run as the users postgres and rabbitmq when the caller is root, otherwise as the caller
# A data directory stays with what it was first used with (2 or 3), so that the next run finds its data.
#
# Two habits below need a word:
#   - Servers run in sessions of their own (setsid): Ctrl-C reaches only the script, which then stops things in order.
#   - The kernel signals them when the script dies without a chance to do so (setpriv --pdeathsig), and they carry
#     VSGRPC_STARTED_FOR=<data directory> in their environment, by which the next start recognizes leftovers.

DEPLOY_DIRECTORY=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

if [[ $EUID -eq 0 ]]; then
    VSGRPC_DATA=${VSGRPC_DATA:-/var/lib/vsgrpc}
else
    VSGRPC_DATA=${VSGRPC_DATA:-${XDG_STATE_HOME:-$HOME/.local/state}/vsgrpc}
fi

DATABASE=virtualserver          # the name of the database, and of the user on both servers
POSTGRES_FSYNC=on               # deploy/test sets it to off
POSTGRES_SHOWN=                 # how a person connects, for deploy/run to print
RABBITMQ_SHOWN=

# What servers_stop has to stop.
POSTGRES_PID=
EPMD_PID=
RABBITMQ_PID=
COMPOSE_STARTED=
COMMAND_PID=

say() { printf '%s\n' "$*"; }

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# ---------------------------------------------------------------------------------------------------- processes

# run_command COMMAND...: like COMMAND, for those that take long: a signal to this script is acted on at once, while
# bash waits for an ordinary command to end first. servers_stop ends the command.
run_command() {
    local status=0
    setsid setpriv --pdeathsig TERM -- "$@" </dev/null 9>&- &
    COMMAND_PID=$!
    wait "$COMMAND_PID" || status=$?
    COMMAND_PID=
    return "$status"
}

# start_process USER SIGNAL DIRECTORY LOG COMMAND...: runs COMMAND in the background with its output added to LOG.
# SIGNAL is what asks it to end. Its process id is in $! afterwards.
start_process() {
    local user=$1 signal=$2 directory=$3 log=$4
    shift 4
    switch_user "$user"
    (
        cd "$directory"
        export VSGRPC_STARTED_FOR="$VSGRPC_DATA"
        exec setsid setpriv "${SWITCH[@]}" --pdeathsig "$signal" -- "$@"
    ) </dev/null >>"$log" 2>&1 9>&- &
}

# stop_process PID SIGNAL SECONDS: asks it to end, and makes it when SECONDS have passed.
stop_process() {
    local pid=$1 signal=$2 tenths=$(($3 * 10))
    [[ -n $pid ]] || return 0
    kill -s "$signal" "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do
        if ((tenths-- == 0)); then
            kill -s KILL -- "-$pid" 2>/dev/null || true # its whole session
            return 0
        fi
        sleep 0.1
    done
}

# Processes that an earlier script started for this data directory.
leftovers() { grep -lzsxF "VSGRPC_STARTED_FOR=$VSGRPC_DATA" /proc/[0-9]*/environ | cut -d/ -f3 || true; }

# After a kill -9 of the script they are on their way out already; we hold the lock, so nobody else needs them.
stop_leftovers() {
    local tenths=100
    [[ -n $(leftovers) ]] || return 0
    say "waiting for what an earlier run left behind to end"
    while [[ -n $(leftovers) ]]; do
        if ((tenths-- == 0)); then
            # shellcheck disable=SC2046 # one argument per process
            kill -s KILL $(leftovers) 2>/dev/null || true
            tenths=10
        fi
        sleep 0.1
    done
}

# ------------------------------------------------------------------------------------------- ports, files, users

port_answers() { (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# wait_for_port PORT PID SECONDS: fails when the process ends or the time is over.
wait_for_port() {
    local port=$1 pid=$2 tenths=$(($3 * 10))
    until port_answers "$port"; do
        kill -0 "$pid" 2>/dev/null || return 1
        ((tenths-- > 0)) || return 1
        sleep 0.1
    done
}

# choose_port FILE FIRST: the port of the last run, kept in FILE, if it is still free; otherwise a free one out of the
# thousand from FIRST on, at random so that runs beside each other do not meet.
choose_port() {
    local file=$1 first=$2 port tries
    port=$(cat "$file" 2>/dev/null || true)
    for ((tries = 0; tries < 100; tries++)); do
        if [[ $port =~ ^[0-9]+$ ]] && ! port_answers "$port"; then
            say "$port" >"$file"
            say "$port"
            return
        fi
        port=$((first + RANDOM % 1000))
    done
    die "no free port from $first to $((first + 999)) on 127.0.0.1"
}

# kept FILE VALUE: the content of FILE; VALUE, which is then written to it, when there is none yet. Mode 600.
kept() {
    local file=$1 value=$2
    if [[ ! -s $file ]]; then
        (umask 077 && say "$value" >"$file.new")
        mv "$file.new" "$file" # whole or not at all
    fi
    cat "$file"
}

random_hex() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

# The user a private server runs as: its own when we are root, otherwise ourselves.
server_user() { if [[ $EUID -eq 0 ]]; then say "$1"; else id -un; fi; }

# switch_user USER: the options of setpriv for it, in SWITCH; none when we are not root.
switch_user() {
    SWITCH=()
    if [[ $EUID -eq 0 ]]; then
        SWITCH=(--reuid "$1" --regid "$(id -g "$1")" --init-groups)
    fi
}

# clean_environment: the start of every server's command, in CLEAN, so that none of the caller's PG…, RABBITMQ… or ERL…
# variables has a say.
clean_environment() { CLEAN=(env -i "PATH=$PATH" LANG=C.UTF-8 "VSGRPC_STARTED_FOR=$VSGRPC_DATA"); }

# run_as USER COMMAND...: COMMAND, something short, as USER and with a clean environment.
run_as() {
    switch_user "$1"
    clean_environment
    shift
    setpriv "${SWITCH[@]}" -- "${CLEAN[@]}" "$@" 9>&-
}

# server_directory USER NAME: creates $VSGRPC_DATA/NAME, which only USER (and root) can read.
server_directory() {
    local user=$1 directory=$VSGRPC_DATA/$2
    mkdir -p -m 700 "$directory"
    if [[ $EUID -eq 0 ]]; then
        chown "$user:" "$directory"
    fi
    run_as "$user" test -w "$directory" ||
        die "the user $user cannot enter $directory: a directory above it is closed to others; set VSGRPC_DATA to another place"
}

data_directory_open() {
    (umask 022 && mkdir -p "$VSGRPC_DATA") || die "cannot create the data directory $VSGRPC_DATA; set VSGRPC_DATA to another place"
    VSGRPC_DATA=$(cd "$VSGRPC_DATA" && pwd -P)
    exec 9>"$VSGRPC_DATA/lock" # held until this script ends; what it starts closes it (9>&-)
    flock -n 9 || die "the data directory $VSGRPC_DATA is in use by another deploy/run; stop that one, or set VSGRPC_DATA to another place"
    stop_leftovers
}

# -------------------------------------------------------------------------------------------------------- Docker

docker_works() { timeout 20 docker info && timeout 20 docker compose version; } >/dev/null 2>&1

# start_in_docker SERVICE...: of compose.yaml. The data lives in the volumes of a compose project of our own; its name,
# the passwords and the ports are kept in the data directory.
start_in_docker() {
    local directory=$VSGRPC_DATA/docker
    mkdir -p -m 700 "$directory"
    local project password postgres_port rabbitmq_port
    project=$(kept "$directory/project" "vsgrpc-$(random_hex 4)")
    password=$(kept "$directory/password" "$(random_hex 16)")
    stop_in_docker # after a kill -9 they still run; stopped, their ports are free again
    postgres_port=$(choose_port "$directory/postgres-port" 25000)
    rabbitmq_port=$(choose_port "$directory/rabbitmq-port" 26000)
    (
        umask 077
        cat >"$directory/env" <<END
VSGRPC_USER=$DATABASE
VSGRPC_PASSWORD=$password
VSGRPC_POSTGRES_PORT=$postgres_port
VSGRPC_POSTGRES_FSYNC=$POSTGRES_FSYNC
VSGRPC_RABBITMQ_PORT=$rabbitmq_port
END
    )
    say "starting $* in Docker (project $project)"
    COMPOSE_PROJECT=$project
    run_command compose up --detach --wait --wait-timeout 180 --quiet-pull "$@" ||
        die "docker compose could not start $*; VSGRPC_SERVERS=private does without Docker"
    use_postgres "$postgres_port" "$password"
    use_rabbitmq "$rabbitmq_port" "$password"
}
