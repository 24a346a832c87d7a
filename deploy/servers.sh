# shellcheck shell=bash
#
# Provides PostgreSQL and RabbitMQ to deploy/run, deploy/test, deploy/bench and deploy/faults, which source this file; .ci/with-docker does
# for its functions.
#
#   data_directory_open   creates $VSGRPC_DATA if it does not exist, and locks it: one script at a time uses it
#   servers_start         provides both servers, then exports ConnectionStrings__Postgres and RabbitMq__Uri
#   servers_stop          stops the servers that servers_start started, also after a failed start; no others
#
# Each server comes from the first case that applies:
#   1. its variable is already set: that server is used
#   2. Docker: compose.yaml, with the official images
#   3. private instances of Debian's packages (installed if missing): own data, free ports on 127.0.0.1 and passwords; run
#      as the users postgres and rabbitmq if the caller is root, otherwise as the caller
# A data directory keeps the kind of servers that it was last used with (2 or 3), so that the next run finds its data.
# VSGRPC_SERVERS=docker or VSGRPC_SERVERS=private overrides it.
#
# Conventions:
#   - Servers run in their own sessions (setsid): Ctrl-C reaches only the script, which then stops them in order.
#   - The kernel signals the servers if the script is killed (setpriv --pdeathsig). They have the variable
#     VSGRPC_STARTED_FOR=<data directory> in their environment, by which the next start recognizes leftovers.

DEPLOY_DIRECTORY=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

if [[ $EUID -eq 0 ]]; then
    VSGRPC_DATA=${VSGRPC_DATA:-/var/lib/vsgrpc}
else
    VSGRPC_DATA=${VSGRPC_DATA:-${XDG_STATE_HOME:-$HOME/.local/state}/vsgrpc}
fi

ACCOUNT=virtualserver   # the administrator of both servers, and the name of the database
OWNER=virtualserver_owner # the role that the service connects with: no superuser, owns nothing but its schema (roles.sql)
OWNER_MAY=()            # additional rights of that role; deploy/test creates databases and roles
POSTGRES_OPTIONS=()     # additional options of a private PostgreSQL; deploy/test disables fsync
OPTIONAL_PACKAGES=()    # packages to install beside private instances if that is possible; deploy/test adds those of programs in Python
MEANWHILE=()            # a command to execute while private servers start, otherwise after the start; deploy/run builds
POSTGRES_SHOWN=         # how to connect, printed by deploy/run
RABBITMQ_SHOWN=

# Stopped by servers_stop.
POSTGRES_PID=
EPMD_PID=
RABBITMQ_PID=
COMPOSE=()
COMMAND_PID=

say() { printf '%s\n' "$*"; }

# misused PROBLEM: says what is wrong with the arguments, and how the script is used.
misused() {
    printf 'error: %s\n\n' "$1" >&2
    usage >&2
    exit 2
}

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# ---------------------------------------------------------------------------------------------------- processes

# run_command COMMAND...: runs a command that takes long. The script handles a signal at once; for an ordinary command,
# bash handles it after the command has ended. servers_stop ends the command.
run_command() {
    local status=0
    setsid setpriv --pdeathsig TERM -- "$@" </dev/null 9>&- &
    COMMAND_PID=$!
    wait "$COMMAND_PID" || status=$?
    COMMAND_PID=
    return "$status"
}

# run_through FILTER COMMAND...: as run_command, with the output of COMMAND as the input of FILTER, a function that prints what is shown.
run_through() {
    local filter=$1 status=0 output reader tenths=50
    shift
    exec {output}> >("$filter" 9>&-)
    reader=$!
    run_command "$@" >&"$output" 2>&1 || status=$?
    exec {output}>&-
    # A process that COMMAND left behind may keep the pipe open.
    while kill -0 "$reader" 2>/dev/null && ((tenths-- > 0)); do sleep 0.1; done
    kill "$reader" 2>/dev/null || true
    return "$status"
}

# build_shown PROJECT: builds a project or solution for release, and prints each project as it is done. No compiler server or build node
# keeps running.
build_shown() {
    run_through show_build env DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false \
        dotnet build "$1" --configuration Release -nologo -verbosity:minimal -tl:off
}

# Shortens the messages of MSBuild, in English.
show_build() {
    sed -u -E -e '/^ *$/d' \
        -e '/^ *(Determining projects to restore|All projects are up-to-date|Build succeeded|0 Warning|0 Error|Time Elapsed)/d' \
        -e 's/^ *Restored .*\/(.*)\.csproj.*/  \1: packages restored/' -e 's/^ *([^ ]+) -> .*/  \1: built/'
}

# start_process USER SIGNAL DIRECTORY LOG COMMAND...: runs COMMAND in the background and appends its output to LOG. SIGNAL
# requests its end. $! has its process id afterwards. disown keeps bash from reporting how it ended.
start_process() {
    local user=$1 signal=$2 directory=$3 log=$4
    shift 4
    switch_user "$user"
    private_file "$log"
    (
        umask 077
        cd "$directory" || exit
        export VSGRPC_STARTED_FOR="$VSGRPC_DATA"
        exec setsid setpriv "${SWITCH[@]}" --pdeathsig "$signal" -- "$@"
    ) </dev/null >>"$log" 2>&1 9>&- &
    disown
}

# stop_process PID SIGNAL SECONDS: sends SIGNAL, and repeats it every second, because RabbitMQ ignores signals early in its
# start. After SECONDS it sends KILL.
stop_process() {
    local pid=$1 signal=$2 seconds=$3 tenths
    [[ -n $pid ]] || return 0
    for ((tenths = 0; tenths < seconds * 10; tenths++)); do
        if ((tenths % 10 == 0)); then
            kill -s "$signal" -- "-$pid" 2>/dev/null || true # the whole session
        fi
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -s KILL -- "-$pid" 2>/dev/null || true
}

# The processes that an earlier script started for this data directory.
leftovers() { grep -lzsxF "VSGRPC_STARTED_FOR=$VSGRPC_DATA" /proc/[0-9]*/environ | cut -d/ -f3 || true; }

# After a kill -9 of the script they are already ending. This script holds the lock, so no other script uses them.
stop_leftovers() {
    local tenths=100
    [[ -n $(leftovers) ]] || return 0
    say "waiting for the processes of an earlier run to end"
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

# wait_for_port PORT PID SECONDS: fails if the process ends or the time has elapsed.
wait_for_port() {
    local port=$1 pid=$2 tenths=$(($3 * 10))
    until port_answers "$port"; do
        kill -0 "$pid" 2>/dev/null || return 1
        ((tenths-- > 0)) || return 1
        sleep 0.1
    done
}

# choose_port FILE FIRST: the port of the last run, stored in FILE, if it is still free; otherwise a random free port of the
# 1000 ports from FIRST, so that concurrent runs rarely choose the same one.
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
    die "no free port from $first to $((first + 999)) on 127.0.0.1: stop other servers"
}

# kept FILE VALUE: prints the content of FILE. If FILE is missing or empty, writes VALUE to it first. Mode 600.
kept() {
    local file=$1 value=$2
    if [[ ! -s $file ]]; then
        (umask 077 && say "$value" >"$file.new")
        mv "$file.new" "$file" # atomic
    fi
    cat "$file"
}

# private_file FILE: creates FILE if it is missing; only its owner can read it.
private_file() { (umask 077 && : >>"$1") && chmod 600 "$1"; }

random_hex() { od -An -N "$1" -tx1 /dev/urandom | tr -d ' \n'; }

# The user of a private server: its own user if the caller is root, otherwise the caller.
server_user() { if [[ $EUID -eq 0 ]]; then say "$1"; else id -un; fi; }

# switch_user USER: sets SWITCH to the options of setpriv for USER; empty if the caller is not root.
switch_user() {
    SWITCH=()
    if [[ $EUID -eq 0 ]]; then
        SWITCH=(--reuid "$1" --regid "$(id -g "$1")" --init-groups)
    fi
}

# clean_environment: sets CLEAN to the start of every server's command, so that the caller's PG…, RABBITMQ… and ERL…
# variables have no effect.
clean_environment() { CLEAN=(env -i "PATH=$PATH" LANG=C.UTF-8 "VSGRPC_STARTED_FOR=$VSGRPC_DATA"); }

# run_as USER COMMAND...: runs a short COMMAND as USER with a clean environment.
run_as() {
    switch_user "$1"
    clean_environment
    shift
    setpriv "${SWITCH[@]}" -- "${CLEAN[@]}" "$@" 9>&-
}

# server_directory USER DIRECTORY: creates a directory that only USER and root can read.
server_directory() {
    local user=$1 directory=$2
    mkdir -p "$directory" && chmod 700 "$directory"
    if [[ $EUID -eq 0 ]]; then
        chown "$user:" "$directory"
    fi
    run_as "$user" test -w "$directory" ||
        die "the user $user cannot enter $directory, because a directory above it excludes other users: set VSGRPC_DATA to another directory"
}

data_directory_open() {
    (umask 022 && mkdir -p "$VSGRPC_DATA") || die "cannot create the data directory $VSGRPC_DATA: set VSGRPC_DATA to another directory"
    VSGRPC_DATA=$(cd "$VSGRPC_DATA" && pwd -P)
    exec 9>"$VSGRPC_DATA/lock" # held until this script ends; long-running children close it (9>&-)
    flock --wait 2 9 || die "the data directory $VSGRPC_DATA is in use by another deploy/run: stop it, or set VSGRPC_DATA to another directory"
    stop_leftovers
}

# -------------------------------------------------------------------------------------- results for the callers

use_postgres() { # PORT PASSWORD
    export ConnectionStrings__Postgres="Host=127.0.0.1;Port=$1;Username=$OWNER;Password=$2;Database=$ACCOUNT"
    POSTGRES_SHOWN="PGPASSWORD=$2 psql -h 127.0.0.1 -p $1 -U $OWNER $ACCOUNT"
}

# owner_statements PASSWORD: prints the statements for psql that make the role of the service. They go through standard input, because
# an argument would show the password in ps.
owner_statements() {
    say "\\set owner $OWNER"
    cat "$DEPLOY_DIRECTORY/roles.sql"
    say "alter role :\"owner\" with password '$1' ${OWNER_MAY[*]};"
}

use_rabbitmq() { # PORT PASSWORD
    export RabbitMq__Uri="amqp://$ACCOUNT:$2@127.0.0.1:$1/"
    RABBITMQ_SHOWN=$RabbitMq__Uri
}

# -------------------------------------------------------------------------------------------------------- Docker

docker_answers() { timeout 20 docker info >/dev/null 2>&1; }

docker_works() { docker_answers && timeout 20 docker compose version >/dev/null 2>&1; }

# start_in_docker SERVICE...: starts services of compose.yaml. The data are in the volumes of a compose project; the data
# directory has its name, the password and the ports.
start_in_docker() {
    local directory=$VSGRPC_DATA/docker project password postgres_port rabbitmq_port
    mkdir -p "$directory" && chmod 700 "$directory"
    project=$(kept "$directory/project" "vsgrpc-$(random_hex 4)")
    password=$(kept "$directory/password" "$(random_hex 16)")
    COMPOSE=(docker compose --file "$DEPLOY_DIRECTORY/compose.yaml" --env-file "$directory/env" --project-name "$project")
    if [[ -e $directory/env ]]; then
        run_command "${COMPOSE[@]}" stop --timeout 20 >/dev/null 2>&1 || true # still running if a script was killed
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
        die "docker compose could not start $*: see the errors above, or set VSGRPC_SERVERS=private to run without Docker"
    for server; do
        case $server in
            postgres)
                owner_statements "$password" | "${COMPOSE[@]}" exec -T postgres psql --no-psqlrc --quiet --username="$ACCOUNT" \
                    --dbname="$ACCOUNT" --file=- 9>&- || die "the role $OWNER could not be made: see the errors above"
                use_postgres "$postgres_port" "$password"
                ;;
            rabbitmq) use_rabbitmq "$rabbitmq_port" "$password" ;;
        esac
    done
}

# --------------------------------------------------------------------------------------------- private instances

# The program directories of Debian's packages, for all installed versions.
postgres_folders() { compgen -G '/usr/lib/postgresql/*/bin/postgres' | xargs -r -n 1 dirname | sort -V; }
rabbitmq_folders() { compgen -G '/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server' | xargs -r -n 1 dirname | sort -V; }

# install_missing SERVER...: installs the packages that are missing.
install_missing() {
    local server packages=()
    for server; do
        case $server in
            postgres) [[ -n $(postgres_folders) ]] || packages+=(postgresql) ;;
            rabbitmq) [[ -n $(rabbitmq_folders) ]] || packages+=(rabbitmq-server) ;;
        esac
    done
    ((${#packages[@]} > 0)) || return 0

    local wanted="install ${packages[*]}, or start Docker, or set ConnectionStrings__Postgres and RabbitMq__Uri to other servers"
    command -v apt-get >/dev/null || die "no Docker, no ${packages[*]}, and no apt-get: $wanted"
    can_be_root || die "no Docker, no ${packages[*]}, and no right to install packages (root, or sudo without a password): $wanted"
    install_packages "${packages[@]}" || die "apt-get failed: $wanted"
}

# install_optional: installs the optional packages that are missing, or goes on without them.
install_optional() {
    local package missing=()
    for package in "${OPTIONAL_PACKAGES[@]}"; do
        dpkg --status "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    ((${#missing[@]} > 0)) || return 0
    if ! command -v apt-get >/dev/null || ! can_be_root || ! install_packages "${missing[@]}"; then
        say "going on without ${missing[*]}"
    fi
}

can_be_root() { [[ $EUID -eq 0 ]] || sudo -n true 2>/dev/null; }

install_packages() { # PACKAGE...
    local as_root=()
    if [[ $EUID -ne 0 ]]; then as_root=(sudo -n); fi
    say "installing Debian's packages $* (no service is started)"
    "${as_root[@]}" "$DEPLOY_DIRECTORY/install-packages" "$@" </dev/null 9>&-
}

# start_postgres: starts PostgreSQL without waiting; wait_for_postgres waits until it is ready.
start_postgres() {
    local user directory=$VSGRPC_DATA/postgres version
    user=$(server_user postgres)
    server_directory "$user" "$directory"

    POSTGRES_BIN=$(postgres_folders | tail -n 1)
    if [[ -e $directory/data ]]; then # PostgreSQL cannot read the data of another major version
        version=$(cat "$directory/data/PG_VERSION")
        POSTGRES_BIN=/usr/lib/postgresql/$version/bin
        [[ -x $POSTGRES_BIN/postgres ]] || die "the data in $directory are of PostgreSQL $version: install postgresql-$version, or set VSGRPC_DATA to another directory"
    fi

    POSTGRES_PASSWORD=$(kept "$directory/password" "$(random_hex 16)")
    POSTGRES_PORT=$(choose_port "$directory/port" 25000)
    (umask 077 && say "*:*:*:*:$POSTGRES_PASSWORD" >"$directory/pgpass") # for psql; a password argument would be visible in ps

    if [[ ! -e $directory/data ]]; then
        if [[ $EUID -eq 0 ]]; then
            chown "$user:" "$directory/password" # initdb reads it
        fi
        private_file "$directory/initdb.log"
        rm -rf "$directory/data.new" # left by an initdb that was killed
        run_as "$user" "$POSTGRES_BIN/initdb" --pgdata="$directory/data.new" --username="$ACCOUNT" --pwfile="$directory/password" \
            --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-instructions >"$directory/initdb.log" 2>&1 ||
            die "initdb failed:"$'\n'"$(tail -n 20 "$directory/initdb.log")"
        mv "$directory/data.new" "$directory/data"
    fi

    # PostgreSQL ignores the postmaster.pid of a killed server, unless that process id is in use: by another process of the
    # same user, or by the killed server itself as a zombie.
    local recorded
    recorded=$(head -n 1 "$directory/data/postmaster.pid" 2>/dev/null || true)
    if [[ -n $recorded ]] && ! grep -qsF "$directory/data" "/proc/$recorded/cmdline"; then
        rm -f "$directory/data/postmaster.pid"
    fi

    say "starting a private PostgreSQL on port $POSTGRES_PORT"
    # No socket directory: clients connect by TCP, with a password.
    clean_environment
    start_process "$user" INT "$directory" "$directory/log" "${CLEAN[@]}" \
        "$POSTGRES_BIN/postgres" -D "$directory/data" -p "$POSTGRES_PORT" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 "${POSTGRES_OPTIONS[@]}"
    POSTGRES_PID=$!
}

# psql_private DATABASE OPTION...: runs psql as the administrator of the private instance.
psql_private() {
    run_as "$(id -un)" PGPASSFILE="$VSGRPC_DATA/postgres/pgpass" "$POSTGRES_BIN/psql" --no-psqlrc --quiet --tuples-only --no-align \
        --host=127.0.0.1 --port="$POSTGRES_PORT" --username="$ACCOUNT" --dbname="$1" "${@:2}"
}

wait_for_postgres() {
    local tenths=600 password
    until psql_private postgres --command='select 1' >/dev/null 2>&1; do
        if ! kill -0 "$POSTGRES_PID" 2>/dev/null || ((tenths-- == 0)); then
            die "PostgreSQL did not start:"$'\n'"$(tail -n 20 "$VSGRPC_DATA/postgres/log")"
        fi
        sleep 0.1
    done
    if [[ -z $(psql_private postgres --command="select 1 from pg_database where datname = '$ACCOUNT'") ]]; then
        psql_private postgres --command="create database $ACCOUNT"
    fi
    password=$(kept "$VSGRPC_DATA/postgres/owner-password" "$(random_hex 16)")
    owner_statements "$password" | psql_private "$ACCOUNT" --file=- || die "the role $OWNER could not be made: see the errors above"
    use_postgres "$POSTGRES_PORT" "$password"
}

# start_rabbitmq: starts RabbitMQ without waiting; wait_for_rabbitmq waits until it is ready.
start_rabbitmq() {
    local user directory=$VSGRPC_DATA/rabbitmq node epmd_port distribution_port
    user=$(server_user rabbitmq)
    server_directory "$user" "$directory"

    node=$(kept "$directory/node" "vsgrpc-$(random_hex 4)@localhost") # the stored data belong to this name
    RABBITMQ_PASSWORD=$(kept "$directory/password" "$(random_hex 16)")
    RABBITMQ_PORT=$(choose_port "$directory/port" 26000)
    distribution_port=$(choose_port "$directory/distribution-port" 27000)
    epmd_port=$(choose_port "$directory/epmd-port" 28000)

    # The first start of the node creates this account. Without it RabbitMQ would create guest/guest.
    (umask 077 && printf 'default_user = %s\ndefault_pass = %s\n' "$ACCOUNT" "$RABBITMQ_PASSWORD" >"$directory/rabbitmq.conf")
    say '[].' >"$directory/enabled_plugins"
    if [[ $EUID -eq 0 ]]; then
        chown "$user:" "$directory/rabbitmq.conf" "$directory/enabled_plugins"
    fi

    # epmd is Erlang's registry of nodes. RabbitMQ would start one that outlives it; this one ends with the script.
    say "starting a private RabbitMQ on port $RABBITMQ_PORT"
    clean_environment
    start_process "$user" TERM "$directory" "$directory/log" "${CLEAN[@]}" \
        epmd -address 127.0.0.1 -port "$epmd_port"
    EPMD_PID=$!
    wait_for_port "$epmd_port" "$EPMD_PID" 10 || die "Erlang's epmd did not start:"$'\n'"$(tail -n 20 "$directory/log")"

    # The script in the directory of the package: the one on PATH is a wrapper for the system's instance.
    # RABBITMQ_ALLOW_INPUT makes the script exec the server, which then receives signals directly; -noinput reverts the
    # other effect of that variable.
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

# RabbitMQ opens its port at the end of its start.
wait_for_rabbitmq() {
    wait_for_port "$RABBITMQ_PORT" "$RABBITMQ_PID" 90 ||
        die "RabbitMQ did not start:"$'\n'"$(tail -n 20 "$VSGRPC_DATA/rabbitmq/log")"
    use_rabbitmq "$RABBITMQ_PORT" "$RABBITMQ_PASSWORD"
}

start_private() { # SERVER...
    local server
    install_missing "$@"
    install_optional
    for server; do "start_$server"; done
    meanwhile
    for server; do "wait_for_$server"; done
}

# ------------------------------------------------------------------------------------------------ start and stop

# meanwhile: executes the command of MEANWHILE once.
meanwhile() {
    local command=("${MEANWHILE[@]}")
    MEANWHILE=()
    "${command[@]}"
}

servers_start() {
    choose_servers
    meanwhile
}

choose_servers() {
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
            docker_works || die "the data of $VSGRPC_DATA are in Docker, and 'docker info' or 'docker compose version' fails: start Docker, or set VSGRPC_DATA to another directory"
            start_in_docker "${missing[@]}"
            ;;
        private) start_private "${missing[@]}" ;;
        *) die "VSGRPC_SERVERS is '$kind': use docker or private" ;;
    esac
    say "$kind" >"$VSGRPC_DATA/servers"
}

servers_stop() {
    stop_process "$COMMAND_PID" TERM 10
    if [[ -n $POSTGRES_PID ]]; then
        kill -s INT "$POSTGRES_PID" 2>/dev/null || true # ends while RabbitMQ does
    fi
    stop_process "$RABBITMQ_PID" TERM 20
    stop_process "$EPMD_PID" TERM 5
    stop_process "$POSTGRES_PID" INT 20
    if ((${#COMPOSE[@]} > 0)); then
        "${COMPOSE[@]}" stop --timeout 20 </dev/null >/dev/null 2>&1 || true
    fi
    COMMAND_PID='' POSTGRES_PID='' RABBITMQ_PID='' EPMD_PID='' COMPOSE=()
}
