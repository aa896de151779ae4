#!/bin/sh
# Makes the virtual environment. Debian ships Python without ensurepip: then python3-venv is installed, where allowed.
python=$1
venv=$2
rm -rf "$venv"
"$python" -m venv "$venv" 2>/dev/null && exit 0
rm -rf "$venv"
sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo -n"
if command -v apt-get >/dev/null; then
    echo "安裝 installing python3-venv …"
    $sudo apt-get update -qq && $sudo apt-get install -y -qq python3-venv >/dev/null
fi
"$python" -m venv "$venv" && exit 0
echo "無法建立虛擬環境：請先安裝 python3-venv。Cannot make a virtual environment: install python3-venv first." >&2
exit 1
