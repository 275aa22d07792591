"""What a picture must not show, looked for in the browser: letters on letters or outside of it, and curves that run
along the edge of their axes as if they levelled off there.  Knows no lesson.
"""
from fonts import choose
from lesson.show.svg import svg

# Letters alone: a text's box is higher than they are.  Axes are empty frames, or what matplotlib clips its curves to.
# A curve may stay on an edge where that is the line of 0.
CLASHES = """svgs => svgs.flatMap((drawn, at) => {
    document.body.innerHTML = drawn;
    const picture = document.querySelector('svg'), frame = picture.getBoundingClientRect(), found = [];
    const texts = [...picture.querySelectorAll('text')].filter(one => one.textContent.trim()).map(one => {
        const {left, right, top, bottom} = one.getBoundingClientRect(), edge = 0.19 * (bottom - top);
        return {words: one.textContent.trim(), left, right, top: top + edge, bottom: bottom - edge};
    });
    texts.forEach((one, k) => {
        if (one.left < frame.left - 1 || one.right > frame.right + 1 || one.top < frame.top - 1
            || one.bottom > frame.bottom + 1) found.push(`${one.words} outside`);
        for (const other of texts.slice(k + 1))
            if (one.left < other.right - 1 && other.left < one.right - 1 && one.top < other.bottom - 1
                && other.top < one.bottom - 1) found.push(`${one.words} on ${other.words}`);
    });
    const attributes = one => ['x', 'y', 'width', 'height'].map(key => Number(one.getAttribute(key)));
    const frames = [...picture.querySelectorAll('rect[fill=none], clipPath rect')].map(one => {
        const [x, y, width, height] = attributes(one), matrix = one.closest('clipPath') ? null : one.getCTM();
        const a = new DOMPoint(x, y).matrixTransform(matrix ?? undefined);
        const b = new DOMPoint(x + width, y + height).matrixTransform(matrix ?? undefined);
        return {left: a.x, right: b.x, edges: [a.y, b.y]};
    });
    const zero = y => texts.some(one => Math.abs((one.top + one.bottom) / 2 - frame.top - y) < 3
        && /^[0.]+$/.test(one.words));
    for (const curve of picture.querySelectorAll('polyline')) {
        const points = [...curve.points].map(one => one.matrixTransform(curve.getCTM()));
        for (const {left, right, edges} of frames) for (const y of edges) {
            const along = points.slice(1).reduce((sum, b, k) => sum + (Math.abs(points[k].y - y) < 0.06
                && Math.abs(b.y - y) < 0.06 && b.x > left && b.x < right + 1 ? Math.abs(b.x - points[k].x) : 0), 0);
            if (along > 12 && !zero(y)) found.push(`a curve runs along the edge at ${y.toFixed(1)}`);
        }
    }
    return found.map(words => `${at}: ${words}`);
})"""


def clashes(page, drawings, family):
    """Return what clashes in these pictures, each a list of layers, in a family of fonts."""
    page.set_viewport_size({"width": 1000, "height": 900})
    page.set_content("<body style='margin:0'></body>")
    choose(page, family)
    return page.evaluate(CLASHES, [svg(layers, alt="") for layers in drawings])

