// A vendor that answers at once; a process of its own, so that its work is not counted as the sender's.
import { createServer } from "node:http";

const answer = Buffer.from(JSON.stringify({ events_received: 1, success: true, fbtrace_id: "f" }));
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume().on("end", () => {
    response.writeHead(200, { "content-type": "application/json", "content-length": answer.length }).end(answer);
  });
});
server.listen(0, "127.0.0.1", () => process.send(server.address().port));
process.on("disconnect", () => process.exit());
