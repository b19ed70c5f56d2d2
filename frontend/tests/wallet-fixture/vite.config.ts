/** Bundles the test wallet into one script that a test puts into every page before the page's own. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  publicDir: false,
  build: {
    target: "es2022",
    emptyOutDir: false,
    lib: { entry: "wallet.ts", name: "testWalletFixture", formats: ["iife"], fileName: () => "wallet.js" },
  },
});
