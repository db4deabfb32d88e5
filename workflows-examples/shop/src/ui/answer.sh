#!/bin/sh
# Answers one HTTP request on standard input, and closes.
cr=$(printf '\r')
read -r method target _ || exit 0
while read -r header && [ "${header%"$cr"}" != '' ]; do :; done

answer() { # status, content type, body
  printf 'HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %s\r\nConnection: close\r\n\r\n' "$1" "$2" "$(printf '%s\n' "$3" | wc -c)"
  [ "$method" = HEAD ] || printf '%s\n' "$3"
}

case ${target%%\?*} in
  / | /home) answer '200 OK' 'text/html; charset=utf-8' "$(sed "s/@RUNS_ON@/$(uname -m)/" /www/home.html)" ;;
  /style.css) answer '200 OK' 'text/css; charset=utf-8' "$(cat /www/style.css)" ;;
  /actuator/health/liveness) answer '200 OK' application/json '{"status":"UP"}' ;;
  *) answer '404 Not Found' text/plain 'not found' ;;
esac
