#!/bin/sh
# A nightly check of one source, for cron:
#
#   15 2 * * *  . /etc/steplint/env; /opt/steplint/nightly.sh
#
# /etc/steplint/env (mode 0600) exports the secrets that the configuration names, and:
#   STEPLINT_CONFIG   the configuration with sources:, such as /etc/steplint/nightly.yaml
#   STEPLINT_SOURCE   the name of the source in it
#   STEPLINT_REPORTS  a folder for reports, readable by those who may see the pipeline
#
# Exit code: 0 done, whatever was found; else that of steplint (2 configuration, 3 source failed, 75 try later), so that cron
# mails what it said.
set -u
: "${STEPLINT_CONFIG:?name the configuration}" "${STEPLINT_SOURCE:?name the source}" "${STEPLINT_REPORTS:?name a folder}"
steplint=${STEPLINT:-steplint}
umask 077
mkdir -p "$STEPLINT_REPORTS" || exit 2
day=$(date +%F)
"$steplint" check --config "$STEPLINT_CONFIG" --source "$STEPLINT_SOURCE" --quiet \
    --log "$STEPLINT_REPORTS/nightly.log" \
    --output "html:$STEPLINT_REPORTS/$day.html" \
    --output "json:$STEPLINT_REPORTS/$day.json" \
    --output "$STEPLINT_REPORTS/$day.txt"
code=$?
case $code in
    0 | 1) ln -sfn "$day.html" "$STEPLINT_REPORTS/latest.html" ;;
    75) echo "steplint: not tonight; the last report is that of $(readlink "$STEPLINT_REPORTS/latest.html")" >&2; exit 75 ;;
    *) exit "$code" ;;
esac
# Reports older than 400 days go.
find "$STEPLINT_REPORTS" -type f -name '????-??-??.*' -mtime +400 -delete
