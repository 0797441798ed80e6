import js from "@eslint/js";

const browser = [
  "document", "window", "location", "navigator", "matchMedia", "getComputedStyle", "devicePixelRatio", "fetch", "console",
  "setTimeout", "clearTimeout", "setInterval", "clearInterval", "requestAnimationFrame", "ResizeObserver", "MutationObserver",
  "IntersectionObserver", "URL", "URLSearchParams", "FormData", "Event", "CustomEvent", "AbortController", "EventTarget",
  "RTCPeerConnection", "RTCSessionDescription", "RTCIceCandidate", "MediaStream", "AudioContext", "HTMLElement", "performance",
  "localStorage", "sessionStorage", "structuredClone", "queueMicrotask", "crypto", "TextEncoder", "DOMParser", "Notification",
  "history", "Intl", "WebSocket", "MediaStreamTrack", "cancelAnimationFrame", "RadioNodeList", "HTMLInputElement", "HTMLFormElement",
  "Element", "Node", "Blob", "File", "Response", "Request", "Headers", "DOMException", "KeyboardEvent", "BroadcastChannel",
  "PerformanceObserver", "Worker", "RTCRtpScriptTransform", "RTCRtpReceiver", "MediaRecorder", "addEventListener", "visualViewport", "screen", "CSS", "Audio", "atob", "btoa", "TextDecoder", "HTMLMediaElement", "self", "TransformStream",
];

const rules = {
  ...js.configs.recommended.rules,
  "eqeqeq": ["error", "always", { null: "ignore" }],
  "no-var": "error",
  "prefer-const": "error",
  "no-implied-eval": "error",
  "no-new-func": "error",
  "max-lines": ["error", 300],
  // The content security policy forbids markup from strings; so does the linter, earlier.
  "no-restricted-properties": [
    "error",
    { property: "innerHTML", message: "Build elements; the policy forbids markup from strings." },
    { property: "outerHTML", message: "Build elements; the policy forbids markup from strings." },
    { property: "insertAdjacentHTML", message: "Build elements; the policy forbids markup from strings." },
  ],
};

const readonly = (names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

export default [
  { ignores: ["static/vendor/**", "node_modules/**", ".venv/**"] },
  { files: ["static/js/**/*.js"], languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: readonly(browser) }, rules },
  { files: ["*.js", "static/*.mjs"], languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: readonly(["console", "process", "URL"]) }, rules },
];
