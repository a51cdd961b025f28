// The order that every contender turns into an event: 13 match keys, 2 contents.

/** Different people, so that no hash can be remembered; two dozen cities and states, as in a shop's real traffic. */
export function orderOf(number) {
  return {
    id: `order-${number}`,
    time: 1_760_000_000_000 + number,
    email: ` Shopper${number}@Example.com`,
    phone: `+1 650 555 ${String(1_000 + (number % 9_000))}`,
    firstName: `Ada${number % 5_000}`,
    lastName: `O'Lovelace${number % 7_000}`,
    birthDate: `19${50 + (number % 50)}-02-${String(10 + (number % 18))}`,
    gender: number % 2 ? "f" : "m",
    city: `New Town ${number % 24}`,
    state: ["California", "Texas", "Ohio", "Maine"][number % 4],
    zip: `9${String(number % 10_000).padStart(4, "0")}-1234`,
    country: "US",
    externalId: `customer-${number}`,
    fbp: "fb.1.1558571054389.1098115397",
    fbc: "fb.1.1554763741205.AbCdEf",
    ttclid: "E.C.P.AbCdEf",
    ip: "168.212.226.204",
    userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
    url: "https://shop.example/thanks?order=7",
    value: 21.97,
    currency: "EUR",
    contents: [
      { id: "1234", quantity: 2, price: 9.99 },
      { id: "5678", quantity: 1, price: 1.99 },
    ],
  };
}
