import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // `npm run dev` beside `npm start`: the collector is the server's.
  server: { proxy: { "/collect": "http://127.0.0.1:3000" } },
});
