export default {
  extends: ["stylelint-config-standard"],
  rules: {
    // Custom properties sit in thoughtful groups, and nesting order follows reading order.
    "custom-property-empty-line-before": null,
    "declaration-empty-line-before": null,
    "no-descending-specificity": null,
    "declaration-block-no-redundant-longhand-properties": null,
    // Left and right are for the reader's language to decide.
    "property-disallowed-list": [
      "/^(margin|padding|border)-(left|right|top|bottom)/",
      "left",
      "right",
    ],
    "declaration-no-important": null,
    "color-hex-length": "long",
  },
};
