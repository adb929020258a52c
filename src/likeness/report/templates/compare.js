// Before and after under one slider, where JavaScript runs; without it the two stand side by side.
for (const figure of document.querySelectorAll("[data-compare]")) {
  const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 100, value: 50, step: 1 });
  slider.setAttribute("aria-label", "How much of the first picture is shown");
  const handle = Object.assign(document.createElement("span"), { className: "handle" });
  handle.setAttribute("aria-hidden", "true");
  const show = () => {
    figure.style.setProperty("--at", slider.value + "%");
    slider.setAttribute("aria-valuetext", slider.value + " % before, " + (100 - slider.value) + " % after");
  };
  slider.addEventListener("input", show);
  figure.querySelector(".frames").append(handle, slider);
  figure.classList.add("live");
  show();
}
