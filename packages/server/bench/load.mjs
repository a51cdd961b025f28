import { connect } from "node:net";

/**
 * Posts bodies over some connections, each as soon as the last was answered, and gives the answers a second. Plain
 * sockets: an HTTP client would cost more than the server that is measured.
 * @param {{ port: number, connections: number, seconds: number, makeBody: () => string }} options
 */
export async function postForSeconds({ port, connections, seconds, makeBody }) {
  const end = performance.now() + seconds * 1_000;
  const start = performance.now();
  let answered = 0;
  await Promise.all(
    Array.from({ length: connections }, () => {
      const { promise, resolve, reject } = Promise.withResolvers();
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      const post = () => {
        const body = makeBody();
        socket.write(
          `POST /collect HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Mozilla/5.0 (bench)\r\n` +
            `Origin: http://shop.example\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
      };
      let answer = "";
      socket.setEncoding("latin1").on("connect", post).on("error", reject);
      socket.on("data", (text) => {
        answer += text;
        if (!isWhole(answer)) return;
        if (!answer.startsWith("HTTP/1.1 202")) return reject(new Error(answer.slice(0, 500)));
        answered++;
        answer = "";
        if (performance.now() < end) post();
        else {
          socket.destroy();
          resolve();
        }
      });
      return promise;
    }),
  );
  return answered / ((performance.now() - start) / 1_000);
}

/** By its length, or by the end of its last chunk. */
function isWhole(answer) {
  const head = answer.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /content-length: (\d+)/i.exec(answer.slice(0, head))?.[1];
  return length === undefined ? answer.endsWith("0\r\n\r\n") : answer.length >= head + 4 + Number(length);
}
