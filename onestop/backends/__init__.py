"""Where dossiers go: this service itself, or a province's own one-stop system.

`base` says what a back end is, `registry` makes the one that the settings name, `contrib/` holds them.
A back end outside this process is reached through the outbox: `outbox` keeps what must be sent and how
far it got, `worker` sends it step by step, `breaker` spares a system that is down.
"""
