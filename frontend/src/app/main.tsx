/** The pages' beginning. */
import { render } from "preact";
import "../styles/index.css";
import { AppContext } from "./context.js";
import { createApp } from "./createApp.js";
import { Root } from "./Root.js";

const place = document.getElementById("app");
if (place) {
  render(
    <AppContext.Provider value={createApp(window)}>
      <Root />
    </AppContext.Provider>,
    place,
  );
}
