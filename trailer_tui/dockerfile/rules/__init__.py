"""The rules of the Dockerfile check, one module per thing they look at. Each yields `DockerfileProblem`s."""
