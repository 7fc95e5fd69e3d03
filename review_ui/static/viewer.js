// The page of the scan, moved and zoomed: OpenSeadragon over tiles, so that a slow line brings only what is seen.
// Loaded when it is first wanted; drawn without WebGL, for old PCs.
"use strict";

function viewerOf(holder) {
  // `holder`: the element that stays while desks change; it goes into whatever pane shows the page.
  let viewer = null;
  let wanted = null; // what to show once the library and the page are there
  let open = 0; // id of the page that is open
  const frame = document.createElement("span");
  frame.className = "frame on";

  function load() {
    if (load.begun) return;
    load.begun = true;
    // The library writes a style into the page, which the site's policy forbids, unless one is there: this
    // is an element of that name, and no style.
    const style = document.createElementNS("urn:hotich", "style");
    style.setAttribute("data-openseadragon-mobile-css", "true");
    const script = document.createElement("script");
    script.src = holder.dataset.library;
    script.onload = () => {
      viewer = OpenSeadragon({
        element: holder, drawer: "canvas", showNavigationControl: false, tabIndex: -1,
        animationTime: 0.25, springStiffness: 12, immediateRender: true, maxZoomPixelRatio: 3,
        visibilityRatio: 0.6, minZoomImageRatio: 0.7, placeholderFillStyle: "#e9e5da",
        gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
      });
      viewer.innerTracker.keyHandler = null; // keys are the desk's
      viewer.innerTracker.keyDownHandler = null;
      viewer.addHandler("open", place);
      if (wanted) show(wanted);
    };
    document.head.append(style, script);
  }

  function show(what) {
    // what: { page, width, height, box: [x, y, w, h] in pixels or null, zoom: "page" | "field", pane }
    wanted = what;
    if (holder.parentElement !== what.pane) what.pane.append(holder);
    if (!viewer) return load();
    if (open === what.page) return place();
    open = what.page;
    const { page, width, height } = what;
    const maxLevel = Math.ceil(Math.log2(Math.max(width, height)));
    viewer.open({
      width, height, tileSize: 512, minLevel: maxLevel - 3, maxLevel,
      getTileUrl: (level, x, y) => `/page/${page}/tile?down=${maxLevel - level}&x=${x}&y=${y}`,
    });
    return undefined;
  }

  function place() {
    // The field in the middle, framed: over the page's width, or as large as it can be read.
    if (!viewer?.world.getItemCount()) return;
    viewer.forceResize();
    viewer.clearOverlays();
    const { width, box, zoom } = wanted;
    const ratio = holder.clientHeight / Math.max(1, holder.clientWidth);
    const [x, y, w, h] = (box || [0, 0, width, wanted.height * 0.4]).map((length) => length / width);
    if (box) viewer.addOverlay({ element: frame, location: around(x, y, w, h) });
    const wide = zoom === "field" ? Math.min(1, Math.max(w * 1.25, 0.42)) : 1;
    const left = wide === 1 ? 0 : Math.min(1 - wide, Math.max(0, x + w / 2 - wide / 2));
    const rect = new OpenSeadragon.Rect(left, y + h / 2 - (wide * ratio) / 2, wide, wide * ratio);
    viewer.viewport.fitBounds(rect, true);
  }

  function around(x, y, w, h) {
    const air = wanted.drawing ? 0 : 0.004;
    return new OpenSeadragon.Rect(x - air, y - air, w + 2 * air, h + 2 * air);
  }

  function reframe(box) {
    // The frame elsewhere, as somebody draws it; the view follows when it would leave it.
    wanted.box = box;
    const rect = around(...box.map((length) => length / wanted.width));
    if (viewer.getOverlayById(frame)) viewer.updateOverlay(frame, rect);
    else viewer.addOverlay({ element: frame, location: rect });
    const seen = viewer.viewport.getBounds();
    const out = rect.y < seen.y || rect.y + rect.height > seen.y + seen.height || rect.x < seen.x - 0.01
      || rect.x + rect.width > seen.x + seen.width + 0.01;
    if (out) viewer.viewport.panTo(rect.getCenter());
  }

  function pan(share) {
    if (!viewer) return false;
    const seen = viewer.viewport.getBounds();
    viewer.viewport.panBy(new OpenSeadragon.Point(0, share * seen.height));
    viewer.viewport.applyConstraints();
    return true;
  }

  function zoom(factor) {
    if (!viewer) return false;
    viewer.viewport.zoomBy(factor);
    viewer.viewport.applyConstraints();
    return true;
  }

  function onDrag(begin, move, end) {
    // The mouse draws instead of moving the page, while `begin(point)` says so. Points in pixels of the page.
    const point = (event) => {
      const { x, y } = viewer.viewport.pointFromPixel(event.position);
      return [x * wanted.width, y * wanted.width];
    };
    viewer.addHandler("canvas-press", (event) => begin(point(event)));
    viewer.addHandler("canvas-drag", (event) => {
      if (move(point(event))) event.preventDefaultAction = true;
    });
    viewer.addHandler("canvas-drag-end", (event) => {
      if (end()) event.preventDefaultAction = true;
    });
  }

  const ready = () => Boolean(viewer?.world.getItemCount()) && open === wanted?.page;
  return { load, show, reframe, pan, zoom, onDrag, ready, mark: (on) => frame.classList.toggle("drawing", on) };
}
