"""What axe-core finds wrong on a page at WCAG 2.2 AA, and the contrasts that it does not see.

Inside JupyterLab axe calls the contrast of nearly every text incomplete, and it never judges a letter in a picture:
both are computed here.
"""
from pathlib import Path

import axe_playwright_python

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
LEVEL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CONTRAST = 4.5

# What is ours of a page in JupyterLab: the texts and the outputs, not its frame (menus, toolbars, editors of cells).
OURS = [".jp-MarkdownOutput", ".jp-OutputArea-output"]
RUN = """async ([ours, level]) => {
    // In an exported page, the colours of code and the missing line below links are those of nbconvert's stylesheet.
    const rules = {'link-in-text-block': {enabled: !!document.querySelector('#jupyter-config-data')}};
    const looked = {include: ours.map(part => [part]), exclude: [['.highlight']]};
    const report = await axe.run(looked, {runOnly: level, rules});
    return [report.passes.length, report.violations.map(rule => [rule.id, rule.nodes.map(node => node.html)])];
}"""


def violations(page):
    """Return what axe finds wrong in our parts of a page, where it must find much to check; the page holds AXE."""
    passed, found = page.evaluate(RUN, [OURS, LEVEL])
    assert passed > 5
    return found

# Colours as [red, green, blue, opacity] in whatever way they are written, one over another, the contrast of two.
COLOURS = """
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
    const colour = text => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = text;
        canvas.fillRect(0, 0, 1, 1);
        const [red, green, blue, opacity] = canvas.getImageData(0, 0, 1, 1).data;
        return [red, green, blue, opacity / 255];
    };
    const over = (ground, ink, share) => ground.map((value, k) => value + share * ink[3] * (ink[k] - value));
    const light = colour => colour.map(value => value / 255)
        .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
        .reduce((sum, value, k) => sum + value * [0.2126, 0.7152, 0.0722][k], 0);
    const contrast = (one, other) => {
        const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
        return (bright + 0.05) / (dark + 0.05);
    };
    // A part and what it lies in, from the outermost on; the opacity of all of them together.
    const around = part => part ? [...around(part.parentElement), part] : [];
    const strength = part => around(part).reduce((all, one) => all * parseFloat(getComputedStyle(one).opacity), 1);
"""

# Returns the contrast of each text on a page with the backgrounds that it lies on; colours of code are the viewer's.
WORDS = "ours => {" + COLOURS + """
    const written = part => part.matches('input, select')
        || [...part.childNodes].some(node => node.nodeType == Node.TEXT_NODE && node.textContent.trim());
    return [...document.querySelectorAll(ours.map(part => part + ' *').join())]
        .filter(part => written(part) && part.checkVisibility())
        .filter(part => !part.closest('svg, .highlight, pre span, :disabled'))
        .map(part => {
            const ground = around(part).reduce(
                (below, one) => over(below, colour(getComputedStyle(one).backgroundColor), 1), [255, 255, 255]);
            const ink = over(ground, colour(getComputedStyle(part).color), strength(part));
            return [contrast(ink, ground), String(part.value || part.textContent).trim().slice(0, 60)];
        });
}"""

# Returns the contrast of each text in an SVG with what lies under its middle, through the opacity of all groups.
LETTERS = "() => {" + COLOURS + """
    const painted = (ground, part) => {
        const style = getComputedStyle(part);
        return over(ground, colour(style.fill), style.fillOpacity * strength(part));
    };
    const picture = document.querySelector('svg');
    return [...picture.querySelectorAll('text')].filter(text => text.textContent.trim()).map(text => {
        const box = text.getBoundingClientRect();
        const below = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2).reverse()
            .filter(part => picture.contains(part) && part != picture && !part.closest('text')
                            && getComputedStyle(part).fill != 'none');
        const ground = below.reduce(painted, [255, 255, 255]);
        return [contrast(painted(ground, text), ground), text.textContent.trim()];
    });
}"""


def faint(contrasts):
    """Return the texts with too little contrast, where there must be texts."""
    assert contrasts
    return [text for text in contrasts if text[0] < CONTRAST]
