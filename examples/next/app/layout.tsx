import type { ReactNode } from "react";
import { ConsentBanner } from "./consent-banner";

export const metadata = { title: "Knit & Hearth", icons: "data:," };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body style={{ maxWidth: "40rem", margin: "2rem auto", padding: "0 1rem", font: "1rem/1.5 system-ui" }}>
        {children}
        <ConsentBanner />
      </body>
    </html>
  );
}
