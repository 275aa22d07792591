// The hand on a live picture.  It moves what can be held, lights up what is looked into, and plays an order of numbers;
// it computes nothing.  All it knows stands in the drawing, as picture.py wrote it there:
//     data-hold   a handle, with data-label, data-range (low, high, step, start, now), data-along, the way it is dragged
//     data-part   a number to look into, with data-line and data-of; a handle may have them too
//     data-beside what lights up with a number;  data-order   the numbers in the order in which they are computed
const KEYS = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10};
const LENGTH = 500;  // picture units for the whole range of a handle that has no way of its own
const REST = 250, TWICE = 400, PACE = 2500;  // milliseconds: until a mouse rests, between two clicks, for one number
const FREE = '[data-hold], [data-part]';

export default {
    render({model, el}) {
        const end = new AbortController();
        let moves = 0;
        const send = (name, value) => {
            model.set(name, [value, ++moves]);  // counted, so that the same place twice is still a move
            model.save_changes();  // the newest wins: while one is on its way, later ones replace each other
        };
        begin(el, send, end.signal);
        return () => end.abort();
    },
};

async function begin(el, send, signal) {  // once the picture is on the page
    let root;
    while (!(root = el.closest('.live-picture'))?.querySelector('.live-ink svg')) {
        await new Promise(requestAnimationFrame);
        if (signal.aborted) return;
    }
    touch(root, el, send, signal);
}

export function touch(root, bar, send, signal) {
    const ink = root.querySelector('.live-ink svg').parentElement, stage = root.querySelector('.live-stage');
    const wanted = new Map(), over = document.createElement('div');  // over the picture: the veil, and the line
    let held, tapped = {}, hovered, focused, moment = null, timer, waiting, rested, asked = false;
    over.className = 'live-over';
    over.innerHTML = '<svg aria-hidden="true"></svg><p aria-live="polite"></p>';
    stage.append(over);
    signal.addEventListener('abort', () => over.remove());
    const [veil, line] = over.children;
    const drawn = () => ink.querySelector('svg');
    const nameOf = part => part?.dataset.hold ?? part?.dataset.part;
    const find = name => ink.querySelector(`[data-part="${name}"], [data-hold="${name}"]`);
    const on = (target, types, answer) => types.split(' ').forEach(type => target.addEventListener(type, answer, {signal}));

    // --------------------------------------------------------------------------------------------------- handles

    const range = handle => handle.dataset.range.split(' ').map(Number);
    const place = handle => wanted.get(handle.dataset.hold) ?? range(handle)[4];

    function move(handle, value) {
        const [low, high, step, rest] = range(handle);
        if (value !== rest) value = Math.min(high, Math.max(low, low + step * Math.round((value - low) / step)));
        if (Math.abs(value - place(handle)) < step / 1000) return;
        wanted.set(handle.dataset.hold, value);
        send(handle.dataset.hold, value);
    }

    const point = event => new DOMPoint(event.clientX, event.clientY).matrixTransform(drawn().getScreenCTM().inverse());

    function way(handle, share, {x, y}) {  // the points of a handle's way, seen from where it was taken hold of
        const numbers = handle.dataset.along?.split(' ').map(Number) ?? [0, 0, LENGTH, 0];
        const points = numbers.filter((_, k) => k % 2 === 0).map((left, k) => ({x: left, y: numbers[2 * k + 1]}));
        const k = Math.min(Math.floor(share * (points.length - 1)), points.length - 2);
        const rest = share * (points.length - 1) - k, at = key => points[k][key] + rest * (points[k + 1][key] - points[k][key]);
        return points.map(one => ({x: one.x - at('x') + x, y: one.y - at('y') + y}));
    }

    function nearest(points, {x, y}) {  // how far along the way, from 0 to 1, the point nearest to the pointer lies
        const found = points.slice(1).map((b, k) => {
            const a = points[k], dx = b.x - a.x, dy = b.y - a.y;
            const t = Math.min(1, Math.max(0, ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy || 1)));
            return [Math.hypot(a.x + t * dx - x, a.y + t * dy - y), (k + t) / (points.length - 1)];
        });
        return found.reduce((best, one) => one[0] < best[0] ? one : best)[1];
    }

    on(stage, 'pointerdown', event => {
        const handle = event.target.closest('[data-hold]');
        if (!handle || event.button || held) return;
        event.preventDefault();
        handle.focus({preventScroll: true});
        const name = handle.dataset.hold, [low, high, , rest] = range(handle);
        wanted.delete(name);
        if (tapped.name === name && event.timeStamp - tapped.time < TWICE) return move(handle, rest);
        tapped = {name, time: event.timeStamp};
        held = {name, id: event.pointerId, points: way(handle, (place(handle) - low) / (high - low), point(event))};
        stage.setPointerCapture(event.pointerId);  // the handle itself is drawn anew all the time
        root.classList.add('live-held', 'live-pointed');
        look();
    });
    stage.addEventListener('touchstart', event => {  // or the page would scroll away under the finger
        if (event.target.closest('[data-hold]')) event.preventDefault();
    }, {passive: false, signal});
    on(stage, 'pointermove', event => {
        const handle = held?.id === event.pointerId && find(held.name);
        if (!handle) return;
        const [low, high] = range(handle);
        move(handle, low + nearest(held.points, point(event)) * (high - low));
    });
    on(stage, 'pointerup pointercancel lostpointercapture', event => {
        if (held?.id !== event.pointerId) return;
        held = null;
        root.classList.remove('live-held');
        look();
    });
    on(document, 'keydown', () => root.classList.remove('live-pointed'));  // Tab may come from anywhere
    on(ink, 'keydown', event => {
        const handle = event.target.closest('[data-hold]'), [low, high, step, rest] = handle ? range(handle) : [];
        const ends = {Home: low, End: high, Backspace: rest}, {key} = event;
        if (key === 'Escape') return hush();
        if (event.ctrlKey || event.altKey || event.metaKey || !handle || !(key in KEYS || key in ends)) return;
        event.preventDefault();
        move(handle, key in KEYS ? place(handle) + KEYS[key] * step : ends[key]);
    });

    // ------------------------------------------------------------------------------------------------ looking in

    on(ink, 'pointerover', event => {
        const spot = `${event.clientX} ${event.clientY}`;
        if (spot === rested) return;  // the picture moved, not the mouse
        rested = spot;
        clearTimeout(waiting);
        const name = nameOf(event.target.closest(FREE));
        if (event.pointerType === 'mouse' && !held)
            waiting = setTimeout(() => { hovered = name; look(); }, name ? REST : 0);
    });
    on(stage, 'pointerleave', () => { clearTimeout(waiting); hovered = null; look(); });
    on(ink, 'focusin', event => {
        const name = nameOf(event.target.closest(FREE));
        if (name !== focused) {  // not where a redraw gives the focus back
            wanted.clear();
            hovered = null;
        }
        focused = name;
        look();
    });
    on(ink, 'focusout', ({target}) => queueMicrotask(() => {  // a redraw takes the focus away too, and gives it back
        if (target.isConnected && document.activeElement !== target && !ink.contains(document.activeElement)) {
            focused = null;
            look();
        }
    }));
    const leave = () => { clearTimeout(waiting); hovered = focused = null; };
    const hush = () => { leave(); stop(); };

    function look() {  // show the line of what is looked into, with its sources; the rest steps back
        const name = hovered ?? focused ?? order()[moment], part = name && find(name), data = part?.dataset;
        const words = held ? '' : asked ? data?.ask : data?.line, svg = drawn();
        veil.setAttribute('viewBox', svg.getAttribute('viewBox'));
        veil.replaceChildren();
        if (line.textContent !== (words ?? '')) line.textContent = words ?? '';
        if (!words) return;
        const sources = data.of ? data.of.split(' ') : [], names = asked ? sources : [...sources, name];
        const lit = [...stage.querySelectorAll([...names.map(one => `[data-part="${one}"], [data-hold="${one}"]`),
            `[data-beside="${asked ? '' : name}"]`].join())];
        if (sources.length) {
            veil.innerHTML = '<rect width="100%" height="100%" fill="white" opacity="0.78"/>';
            const here = svg.getScreenCTM().inverse();
            for (const one of lit) {
                const {a, b, c, d, e, f} = here.multiply(one.getScreenCTM()), copy = one.cloneNode(true);
                copy.setAttribute('transform', `matrix(${[a, b, c, d, e, f]})`);
                for (const key of ['tabindex', 'role', 'data-hold', 'data-part', 'data-beside']) copy.removeAttribute(key);
                if (one === part) copy.classList.add('live-looked');
                veil.append(copy);
            }
        }
        put(line, part, lit);
    }

    function put(box, part, lit) {  // below or above the number, where it covers least of what is lit
        const frame = over.getBoundingClientRect(), size = box.getBoundingClientRect(), seen = part.getBoundingClientRect();
        const edge = Math.min(stage.scrollLeft + stage.clientWidth, drawn().getBoundingClientRect().width);
        const right = edge - size.width - 4;  // a narrow page shows a part of the picture
        const left = Math.max(stage.scrollLeft + 4, Math.min(right, seen.left - frame.left + (seen.width - size.width) / 2));
        const rects = [part, ...lit].map(one => one.getBoundingClientRect());
        const tops = [seen.bottom + 8, seen.top - size.height - 8, Math.max(...rects.map(one => one.bottom)) + 8,
            Math.min(...rects.map(one => one.top)) - size.height - 8];
        const covers = top => rects.reduce((sum, one) => sum +
            Math.max(0, Math.min(one.bottom, top + size.height) - Math.max(one.top, top)) *
            Math.max(0, Math.min(one.right - frame.left, left + size.width) - Math.max(one.left - frame.left, left)), 0);
        const inside = tops.filter(top => top >= frame.top && top + size.height <= frame.bottom);
        const best = inside.sort((a, b) => covers(a) - covers(b))[0] ?? frame.top;
        box.style.left = `${left}px`;
        box.style.top = `${best - frame.top}px`;
    }

    // ---------------------------------------------------------------------------------------- a moment at a time

    const order = () => ink.querySelector('[data-order]')?.dataset.order?.split(' ') ?? [];
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const button = (words, title, answer) => {
        const one = Object.assign(document.createElement('button'),
            {textContent: words, title, className: 'jupyter-button widget-button'});
        on(one, 'click', answer);
        bar.append(one);
        return one;
    };

    function go(to) {  // show the numbers up to this one; a question comes before its answer
        clearTimeout(timer);
        leave();
        const asks = to > (moment ?? -1) && !asked && find(order()[to])?.dataset.ask;
        moment = to < 0 ? null : Math.min(to, order().length - 1);
        asked = Boolean(asks);
        refresh();
    }

    function play() {
        if (timer) return stop();
        const on = () => {
            const next = asked ? moment : (moment ?? -1) + 1;
            if (next >= order().length) return stop();
            go(next);
            timer = asked ? null : setTimeout(on, PACE);  // a question waits for the hand
            buttons();
        };
        on();
    }

    function stop() { clearTimeout(timer); timer = moment = null; asked = false; refresh(); }
    const [back, player, next, all] = order().length ? [
        button('back', 'one number back', () => go(moment - 1)),
        button('play', 'number by number, as they are computed', play),
        button('next', 'the next number', () => go(asked ? moment : (moment ?? -1) + 1)),
        button('all', 'show all numbers', stop)] : [];

    function buttons() {
        if (!back) return;
        back.disabled = moment === null;
        all.disabled = moment === null;
        next.disabled = moment === order().length - 1 && !asked;
        player.hidden = calm;
        player.textContent = timer ? 'pause' : 'play';
        next.textContent = asked ? 'show' : 'next';
    }

    // ------------------------------------------------------------------------------------------- after each redraw

    function names() {  // ipywidgets gives its slider handles and play buttons no name that a screen reader could say
        for (const row of root.querySelectorAll('.widget-hbox:has(label)')) {
            const words = row.querySelector('label').textContent;
            row.querySelectorAll('[role=slider]').forEach(one => one.setAttribute('aria-label', `${words} slider`));
            row.querySelectorAll('.widget-play button').forEach((one, k) =>
                one.setAttribute('aria-label', words + (k ? ': stop and rewind' : ': play or pause')));
        }
    }

    function name(part) {  // what a screen reader says of it; of an equation, both its ends
        const {hold, label, line} = part.dataset, ends = line?.split(' = ') ?? [];
        const set = (key, value) => part.setAttribute(key, value);
        set('tabindex', 0);
        set('data-lm-suppress-shortcuts', true);  // on itself: Notebook 7 would take the arrow keys for its own
        set('role', hold ? 'slider' : 'button');
        set('aria-label', hold ? `${label}, in the picture` : [...new Set([ends[0], ends.at(-1)])].join(' = '));
        if (!hold) return;
        const [low, high, , , now] = range(part);
        Object.entries({min: low, max: high, now, text: now}).forEach(([key, value]) => set(`aria-value${key}`, value));
    }

    function refresh() {
        ink.querySelectorAll(FREE).forEach(name);
        if (focused && !ink.contains(document.activeElement) && document.activeElement === document.body)
            find(focused)?.focus({preventScroll: true});
        for (const handle of ink.querySelectorAll('[data-hold]'))
            if (wanted.get(handle.dataset.hold) === range(handle)[4]) wanted.delete(handle.dataset.hold);
        root.classList.toggle('live-playing', moment !== null);
        order().forEach((name, k) => ink.querySelectorAll(`[data-part="${name}"], [data-beside="${name}"]`).forEach(one =>
            one.classList.toggle('live-later', moment !== null && (asked ? k >= moment : k > moment))));
        buttons();
        look();
    }

    const inks = new MutationObserver(refresh), rows = new MutationObserver(names);
    inks.observe(ink, {childList: true});
    rows.observe(root.firstElementChild, {childList: true, subtree: true});
    signal.addEventListener('abort', () => { inks.disconnect(); rows.disconnect(); });
    names();
    refresh();
}
