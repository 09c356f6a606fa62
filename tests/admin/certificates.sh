# Sourced: makes CAs and certificates in the current directory.

# authority NAME
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
    -keyout "$1.key" -out "$1.pem" 2>/dev/null
}

# certificate FILE AUTHORITY COMMON-NAME [OPTION-OF-OPENSSL...]
certificate() {
  local file=$1 authority=$2 name=$3
  shift 3
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
    -keyout "$file.key" -out "$file.request" 2>/dev/null &&
    openssl x509 -req -in "$file.request" -CA "$authority.pem" -CAkey "$authority.key" -CAcreateserial \
      -extfile <(echo "subjectAltName = IP:127.0.0.1, IP:127.0.0.2") -days 2 "$@" -out "$file.pem" 2>/dev/null
}

# client NAME: a directory of that name as --certificates wants it, of the certificate NAME.
client() {
  mkdir "$1"
  cp "$1.pem" "$1/client.pem"
  cp "$1.key" "$1/client.key"
  cp "${2:-trusted}.pem" "$1/ca.pem"
}
