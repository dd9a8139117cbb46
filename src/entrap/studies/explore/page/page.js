// The page of a server, or of one file: which of the two, it finds inside itself.

import { mount } from "./app.js";
import { fileHost, serverHost } from "./hosts.js";

const inside = document.getElementById("offline");
mount(document.getElementById("explorer"), inside ? fileHost(JSON.parse(inside.textContent)) : serverHost());
