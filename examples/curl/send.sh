#!/bin/sh
# Posts one event to a collector as a pixel would: sh send.sh [collector's address] [event id] [whether the person agreed]
set -eu
collector=${1:-http://127.0.0.1:3000/collect}
id=${2:-order-$(date +%s)}
consent=${3:-true}
now=$(date +%s)000 # milliseconds

# The person's data is hashed for each vendor: Meta's phone numbers have no +, TikTok's do. An e-mail address is lower-case.
hash() { printf %s "$1" | openssl dgst -sha256 -r | cut -d ' ' -f 1; }
email=$(hash ada@example.com)
meta_phone=$(hash 16505551212)
tiktok_phone=$(hash +16505551212)

curl --silent --show-error --write-out '\n%{http_code}\n' "$collector" \
  --header 'Content-Type: text/plain' \
  --header 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' \
  --header 'X-Forwarded-For: 168.212.226.204' \
  --data-binary @- <<JSON
{
  "sentAt": $now,
  "events": [
    {
      "id": "$id",
      "name": "Purchase",
      "time": $now,
      "properties": {
        "currency": "EUR",
        "value": 21.97,
        "contentType": "product",
        "contents": [{ "id": "1234", "quantity": 2, "price": 9.99 }, { "id": "5678", "quantity": 1, "price": 1.99 }]
      },
      "context": { "source": "web", "page": { "url": "https://shop.example/thanks" } },
      "matchKeys": {
        "meta": { "em": "$email", "ph": "$meta_phone" },
        "tiktok": { "email": "$email", "phone": "$tiktok_phone" }
      },
      "consent": { "advertising": $consent },
      "tags": []
    }
  ]
}
JSON
