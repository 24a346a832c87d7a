# shellcheck shell=bash
#
# Provides PostgreSQL and RabbitMQ to deploy/run, deploy/test and deploy/bench, which source this file.
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
# A data directory stays with what it was last used with (2 or 3; VSGRPC_SERVERS=docker or =private decides anew), so that
# the next run finds its data.
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

ACCOUNT=virtualserver   # the user on both servers, and the name of the database
POSTGRES_OPTIONS=()     # more options of a private PostgreSQL; deploy/test turns fsync off
POSTGRES_SHOWN=         # how a person connects, for deploy/run to print
RABBITMQ_SHOWN=

# What servers_stop has to stop.
POSTGRES_PID=
EPMD_PID=
RABBITMQ_PID=
COMPOSE=()
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
# SIGNAL is what asks it to end. Its process id is in $! afterwards; bash is told to forget it, since it would comment on
# how it ended.
start_process() {
    local user=$1 signal=$2 directory=$3 log=$4
    shift 4
    switch_user "$user"
    (
        cd "$directory" || exit
        export VSGRPC_STARTED_FOR="$VSGRPC_DATA"
        exec setsid setpriv "${SWITCH[@]}" --pdeathsig "$signal" -- "$@"
    ) </dev/null >>"$log" 2>&1 9>&- &
    disown
}

# stop_process PID SIGNAL SECONDS: asks it to end, again every second (RabbitMQ misses what it gets too early), and makes
# it end when SECONDS have passed.
stop_process() {
    local pid=$1 signal=$2 seconds=$3 tenths
    [[ -n $pid ]] || return 0
    for ((tenths = 0; tenths < seconds * 10; tenths++)); do
        if ((tenths % 10 == 0)); then
            kill -s "$signal" -- "-$pid" 2>/dev/null || true # its whole session
        fi
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -s KILL -- "-$pid" 2>/dev/null || true
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

# server_directory USER DIRECTORY: creates it; only USER (and root) can read it.
server_directory() {
    local user=$1 directory=$2
    mkdir -p "$directory" && chmod 700 "$directory"
    if [[ $EUID -eq 0 ]]; then
        chown "$user:" "$directory"
    fi
    run_as "$user" test -w "$directory" ||
        die "the user $user cannot enter $directory: a directory above it is closed to others; set VSGRPC_DATA to another place"
}

data_directory_open() {
    (umask 022 && mkdir -p "$VSGRPC_DATA") || die "cannot create the data directory $VSGRPC_DATA; set VSGRPC_DATA to another place"
    VSGRPC_DATA=$(cd "$VSGRPC_DATA" && pwd -P)
    exec 9>"$VSGRPC_DATA/lock" # held until this script ends; what it starts closes it (9>&-), short commands do not
    flock --wait 2 9 || die "the data directory $VSGRPC_DATA is in use by another deploy/run; stop that one, or set VSGRPC_DATA to another place"
    stop_leftovers
}

# -------------------------------------------------------------------------------------- what the callers get to know

use_postgres() { # PORT PASSWORD
    export ConnectionStrings__Postgres="Host=127.0.0.1;Port=$1;Username=$ACCOUNT;Password=$2;Database=$ACCOUNT"
    POSTGRES_SHOWN="PGPASSWORD=$2 psql -h 127.0.0.1 -p $1 -U $ACCOUNT $ACCOUNT"
}

use_rabbitmq() { # PORT PASSWORD
    export RabbitMq__Uri="amqp://$ACCOUNT:$2@127.0.0.1:$1/"
    RABBITMQ_SHOWN=$RabbitMq__Uri
}

# -------------------------------------------------------------------------------------------------------- Docker

docker_works() { timeout 20 docker info && timeout 20 docker compose version; } >/dev/null 2>&1

# start_in_docker SERVICE...: of compose.yaml. The data lives in the volumes of a compose project of our own; its name,
# the password and the ports are kept in the data directory.
start_in_docker() {
    local directory=$VSGRPC_DATA/docker project password postgres_port rabbitmq_port
    mkdir -p "$directory" && chmod 700 "$directory"
    project=$(kept "$directory/project" "vsgrpc-$(random_hex 4)")
    password=$(kept "$directory/password" "$(random_hex 16)")
    COMPOSE=(docker compose --file "$DEPLOY_DIRECTORY/compose.yaml" --env-file "$directory/env" --project-name "$project")
    if [[ -e $directory/env ]]; then
        run_command "${COMPOSE[@]}" stop --timeout 20 >/dev/null 2>&1 || true # still up when a script was killed
    fi
    postgres_port=$(choose_port "$directory/postgres-port" 25000)
    rabbitmq_port=$(choose_port "$directory/rabbitmq-port" 26000)
    (
        umask 077
        cat >"$directory/env" <<END
VSGRPC_ACCOUNT=$ACCOUNT
VSGRPC_PASSWORD=$password
VSGRPC_POSTGRES_PORT=$postgres_port
VSGRPC_RABBITMQ_PORT=$rabbitmq_port
END
    )
    say "starting $* in Docker (compose project $project)"
    run_command "${COMPOSE[@]}" up --detach --wait --wait-timeout 180 "$@" ||
        die "docker compose could not start $*; VSGRPC_SERVERS=private does without Docker"
    for server; do
        case $server in
            postgres) use_postgres "$postgres_port" "$password" ;;
            rabbitmq) use_rabbitmq "$rabbitmq_port" "$password" ;;
        esac
    done
}

# --------------------------------------------------------------------------------------------- private instances

# The folders of Debian's packages, for all versions installed.
postgres_folders() { compgen -G '/usr/lib/postgresql/*/bin/postgres' | xargs -r -n 1 dirname | sort -V; }
rabbitmq_folders() { compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server' | xargs -r -n 1 dirname | sort -V; }

# install_missing SERVER...: the packages of those that are not installed.
install_missing() {
    local server packages=() as_root=()
    for server; do
        case $server in
            postgres) [[ -n $(postgres_folders) ]] || packages+=(postgresql) ;;
            rabbitmq) [[ -n $(rabbitmq_folders) ]] || packages+=(rabbitmq-server) ;;
        esac
    done
    ((${#packages[@]} > 0)) || return 0

    local wanted="install ${packages[*]}, or start Docker, or set ConnectionStrings__Postgres and RabbitMq__Uri to servers of your own"
    command -v apt-get >/dev/null || die "no Docker, no ${packages[*]}, and no apt-get: $wanted"
    if [[ $EUID -ne 0 ]]; then
        sudo -n true 2>/dev/null || die "no Docker, no ${packages[*]}, and no right to install packages (root, or sudo without a password): $wanted"
        as_root=(sudo -n)
    fi
    say "installing Debian's packages ${packages[*]} (no service is started)"
    "${as_root[@]}" "$DEPLOY_DIRECTORY/install-packages" "${packages[@]}" </dev/null 9>&- || die "apt-get failed: $wanted"
}

# start_postgres: begins to start; wait_for_postgres says when it is ready.
start_postgres() {
    local user directory=$VSGRPC_DATA/postgres version
    user=$(server_user postgres)
    server_directory "$user" "$directory"

    POSTGRES_BIN=$(postgres_folders | tail -n 1)
    if [[ -e $directory/data ]]; then # a newer PostgreSQL cannot read the data of an older one
        version=$(cat "$directory/data/PG_VERSION")
        POSTGRES_BIN=/usr/lib/postgresql/$version/bin
        [[ -x $POSTGRES_BIN/postgres ]] || die "the data in $directory are of PostgreSQL $version: install postgresql-$version, or set VSGRPC_DATA to another place"
    fi

    POSTGRES_PASSWORD=$(kept "$directory/password" "$(random_hex 16)")
    POSTGRES_PORT=$(choose_port "$directory/port" 25000)
    (umask 077 && say "*:*:*:*:$POSTGRES_PASSWORD" >"$directory/pgpass") # for psql; an argument would show in ps

    if [[ ! -e $directory/data ]]; then
        if [[ $EUID -eq 0 ]]; then
            chown "$user:" "$directory/password" # initdb reads it
        fi
        rm -rf "$directory/data.new" # of an initdb that was killed
        run_as "$user" "$POSTGRES_BIN/initdb" --pgdata="$directory/data.new" --username="$ACCOUNT" --pwfile="$directory/password" \
            --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-instructions >"$directory/initdb.log" 2>&1 ||
            die "initdb failed:"$'\n'"$(tail -n 20 "$directory/initdb.log")"
        mv "$directory/data.new" "$directory/data"
    fi

    # PostgreSQL recognizes the postmaster.pid of a server that was killed, unless that number is taken: by another process
    # of the same user, or by the dead server itself, which nobody has waited for yet.
    local recorded
    recorded=$(head -n 1 "$directory/data/postmaster.pid" 2>/dev/null || true)
    if [[ -n $recorded ]] && ! grep -qsF "$directory/data" "/proc/$recorded/cmdline"; then
        rm -f "$directory/data/postmaster.pid"
    fi

    say "starting a private PostgreSQL on port $POSTGRES_PORT"
    # No socket directory: TCP with a password is the only way in.
    clean_environment
    start_process "$user" INT "$directory" "$directory/log" "${CLEAN[@]}" \
        "$POSTGRES_BIN/postgres" -D "$directory/data" -p "$POSTGRES_PORT" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 "${POSTGRES_OPTIONS[@]}"
    POSTGRES_PID=$!
}

# psql_private COMMAND: asks the private instance.
psql_private() {
    run_as "$(id -un)" PGPASSFILE="$VSGRPC_DATA/postgres/pgpass" "$POSTGRES_BIN/psql" --no-psqlrc --quiet --tuples-only --no-align \
        --host=127.0.0.1 --port="$POSTGRES_PORT" --username="$ACCOUNT" --dbname=postgres --command="$1"
}

wait_for_postgres() {
    local tenths=600
    until psql_private 'select 1' >/dev/null 2>&1; do
        if ! kill -0 "$POSTGRES_PID" 2>/dev/null || ((tenths-- == 0)); then
            die "PostgreSQL did not start:"$'\n'"$(tail -n 20 "$VSGRPC_DATA/postgres/log")"
        fi
        sleep 0.1
    done
    if [[ -z $(psql_private "select 1 from pg_database where datname = '$ACCOUNT'") ]]; then
        psql_private "create database $ACCOUNT"
    fi
    use_postgres "$POSTGRES_PORT" "$POSTGRES_PASSWORD"
}

# start_rabbitmq: begins to start; wait_for_rabbitmq says when it is ready.
start_rabbitmq() {
    local user directory=$VSGRPC_DATA/rabbitmq node epmd_port distribution_port
    user=$(server_user rabbitmq)
    server_directory "$user" "$directory"

    node=$(kept "$directory/node" "vsgrpc-$(random_hex 4)@localhost") # the stored data belong to this name
    RABBITMQ_PASSWORD=$(kept "$directory/password" "$(random_hex 16)")
    RABBITMQ_PORT=$(choose_port "$directory/port" 26000)
    distribution_port=$(choose_port "$directory/distribution-port" 27000)
    epmd_port=$(choose_port "$directory/epmd-port" 28000)

    # The account is created when the node starts for the first time; without it RabbitMQ would create guest/guest.
    (umask 077 && printf 'default_user = %s\ndefault_pass = %s\n' "$ACCOUNT" "$RABBITMQ_PASSWORD" >"$directory/rabbitmq.conf")
    say '[].' >"$directory/enabled_plugins"
    if [[ $EUID -eq 0 ]]; then
        chown "$user:" "$directory/rabbitmq.conf" "$directory/enabled_plugins"
    fi

    # epmd is Erlang's register of nodes. RabbitMQ would start one that outlives it; ours ends with the script.
    say "starting a private RabbitMQ on port $RABBITMQ_PORT"
    clean_environment
    start_process "$user" TERM "$directory" "$directory/log" "${CLEAN[@]}" \
        epmd -address 127.0.0.1 -port "$epmd_port"
    EPMD_PID=$!
    wait_for_port "$epmd_port" "$EPMD_PID" 10 || die "Erlang's epmd did not start:"$'\n'"$(tail -n 20 "$directory/log")"

    # The script inside the package's folder: the one on PATH is a wrapper that insists on the system's instance.
    # RABBITMQ_ALLOW_INPUT makes it become the server, which then gets our signals, instead of watching over it;
    # -noinput takes back the rest of what that variable does.
    start_process "$user" TERM "$directory" "$directory/log" "${CLEAN[@]}" \
        HOME="$directory" \
        ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$epmd_port" \
        ERL_FLAGS='-kernel inet_dist_use_interface {127,0,0,1}' ERL_CRASH_DUMP="$directory/erl_crash.dump" \
        RABBITMQ_NODENAME="$node" \
        RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$RABBITMQ_PORT" RABBITMQ_DIST_PORT="$distribution_port" \
        RABBITMQ_MNESIA_BASE="$directory/data" RABBITMQ_LOG_BASE="$directory/logs" \
        RABBITMQ_CONFIG_FILE="$directory/rabbitmq.conf" RABBITMQ_ADVANCED_CONFIG_FILE="$directory/advanced.config" \
        RABBITMQ_CONF_ENV_FILE="$directory/rabbitmq-env.conf" RABBITMQ_ENABLED_PLUGINS_FILE="$directory/enabled_plugins" \
        RABBITMQ_ALLOW_INPUT=true RABBITMQ_SERVER_START_ARGS=-noinput \
        "$(rabbitmq_folders | tail -n 1)/rabbitmq-server"
    RABBITMQ_PID=$!
}

# RabbitMQ opens its port when all the rest is up.
wait_for_rabbitmq() {
    wait_for_port "$RABBITMQ_PORT" "$RABBITMQ_PID" 90 ||
        die "RabbitMQ did not start:"$'\n'"$(tail -n 20 "$VSGRPC_DATA/rabbitmq/log")"
    use_rabbitmq "$RABBITMQ_PORT" "$RABBITMQ_PASSWORD"
}

start_private() { # SERVER...
    local server
    install_missing "$@"
    for server; do "start_$server"; done
    for server; do "wait_for_$server"; done
}

# ------------------------------------------------------------------------------------------------ start and stop

servers_start() {
    local missing=() kind
    if [[ -n ${ConnectionStrings__Postgres:-} ]]; then
        POSTGRES_SHOWN='as named by ConnectionStrings__Postgres'
    else
        missing+=(postgres)
    fi
    if [[ -n ${RabbitMq__Uri:-} ]]; then
        RABBITMQ_SHOWN='as named by RabbitMq__Uri'
    else
        missing+=(rabbitmq)
    fi
    ((${#missing[@]} > 0)) || return 0

    kind=${VSGRPC_SERVERS:-$(cat "$VSGRPC_DATA/servers" 2>/dev/null || true)}
    if [[ -z $kind ]]; then
        if docker_works; then kind=docker; else kind=private; fi
    fi
    case $kind in
        docker)
            docker_works || die "the data of $VSGRPC_DATA are in Docker, and 'docker info' or 'docker compose version' fails: start Docker, or set VSGRPC_DATA to another place"
            start_in_docker "${missing[@]}"
            ;;
        private) start_private "${missing[@]}" ;;
        *) die "VSGRPC_SERVERS is '$kind'; it can be docker or private" ;;
    esac
    say "$kind" >"$VSGRPC_DATA/servers"
}

servers_stop() {
    stop_process "$COMMAND_PID" TERM 10
    if [[ -n $POSTGRES_PID ]]; then
        kill -s INT "$POSTGRES_PID" 2>/dev/null || true # ends while we wait for RabbitMQ
    fi
    stop_process "$RABBITMQ_PID" TERM 20
    stop_process "$EPMD_PID" TERM 5
    stop_process "$POSTGRES_PID" INT 20
    if ((${#COMPOSE[@]} > 0)); then
        "${COMPOSE[@]}" stop --timeout 20 </dev/null >/dev/null 2>&1 || true
    fi
    COMMAND_PID='' POSTGRES_PID='' RABBITMQ_PID='' EPMD_PID='' COMPOSE=()
}
