#!/bin/sh
exec nc -ll -p "${PORT:-8080}" -e /bin/answer.sh
