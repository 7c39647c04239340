import type { ComponentChildren } from 'preact'

/** The page's icons: 20×20, drawn with the text's colour, silent to screen readers. */
function icon(children: ComponentChildren) {
  return () => (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      {children}
    </svg>
  )
}

export const Gate = icon(<path d="M4 17V9.5a6 6 0 0 1 12 0V17M10 17v-5" stroke-width="2.2" />)
export const Sun = icon(<><circle cx="10" cy="10" r="3.2" /><path d="M10 2.5v1.6M10 15.9v1.6M2.5 10h1.6M15.9 10h1.6M4.7 4.7l1.1 1.1M14.2 14.2l1.1 1.1M15.3 4.7l-1.1 1.1M5.8 14.2l-1.1 1.1" /></>)
export const Moon = icon(<path d="M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3Z" />)
export const Key = icon(<><circle cx="7" cy="13" r="3.5" /><path d="m9.6 10.4 6.9-6.9M13.5 6.5l2.2 2.2" /></>)
export const Gauge = icon(<path d="M3 5h14M3 10h9M3 15h5M15 10v6m-2.5-2.5L15 16l2.5-2.5" />)
export const Close = icon(<path d="m5 5 10 10M15 5 5 15" />)
export const Code = icon(<path d="m6.5 6-4 4 4 4M13.5 6l4 4-4 4" />)
export const Download = icon(<path d="M10 3v9.5m-3.5-3.5 3.5 3.5 3.5-3.5M4 16.5h12" />)
export const Link = icon(<path d="M8.5 11.5a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0l-2.7 2.7a3 3 0 0 0 4.3 4.3l1-1" />)
export const Brush = icon(<path d="M16.8 3.2c-2.8.7-6.6 3.6-8.8 6.6l2.2 2.2c3-2.2 5.9-6 6.6-8.8ZM7.3 11.2c-2 .1-3.1 1.4-3.2 3.1 0 .9-.4 1.7-1.1 2.2 2.6.6 5.9.2 6-2.9a2.4 2.4 0 0 0-1.7-2.4Z" />)
export const Eraser = icon(<path d="m8 16.5-4.3-4.3a1.2 1.2 0 0 1 0-1.7l6.8-6.8a1.2 1.2 0 0 1 1.7 0l4.1 4.1a1.2 1.2 0 0 1 0 1.7l-7 7Zm-1.3-9 6 6M8 16.5h9" />)
export const Undo = icon(<path d="M7 4 3.5 7.5 7 11M3.5 7.5H12a4.5 4.5 0 0 1 0 9H8" />)
export const Plus = icon(<path d="M10 4v12M4 10h12" />)
export const Minus = icon(<path d="M4 10h12" />)
export const Picture = icon(<><rect x="2.5" y="3.5" width="15" height="13" rx="2.5" /><circle cx="7" cy="8" r="1.4" /><path d="m3 14.5 4-3.5 2.5 2 3.5-3.5 4.5 4" /></>)
export const Play = icon(<path d="M6.5 4.3v11.4l9-5.7-9-5.7Z" fill="currentColor" />)
export const Sliders = icon(<><path d="M3 6.5h8M15 6.5h2M3 13.5h2M9 13.5h8" /><circle cx="13" cy="6.5" r="2" /><circle cx="7" cy="13.5" r="2" /></>)
export const Left = icon(<path d="M12.5 4 6.5 10l6 6" />)
export const Right = icon(<path d="m7.5 4 6 6-6 6" />)
export const Stop = icon(<rect x="5.5" y="5.5" width="9" height="9" rx="1.5" />)
export const Repeat = icon(<path d="M4 9a6 6 0 0 1 10.5-3L16.5 8M16.5 4v4h-4M16 11a6 6 0 0 1-10.5 3L3.5 12M3.5 16v-4h4" />)
export const Invert = icon(<><circle cx="10" cy="10" r="7" /><path d="M10 3a7 7 0 0 1 0 14Z" fill="currentColor" /></>)
export const Trash = icon(<path d="M3.5 5.5h13M8 5.5v-2h4v2M5.5 5.5l.7 11h7.6l.7-11" />)
export const Alert = icon(<><circle cx="10" cy="10" r="7.5" /><path d="M10 6v4.8M10 13.7v.1" /></>)
export const Upload = icon(<path d="M10 13V4m-3.5 3L10 3.5 13.5 7M3.5 12.5v3a1.5 1.5 0 0 0 1.5 1.5h10a1.5 1.5 0 0 0 1.5-1.5v-3" />)
export const Send = icon(<path d="M10 16.5v-13m-5 5 5-5 5 5" stroke-width="2" />)
export const Up = icon(<path d="m4 12.5 6-6 6 6" />)
export const Down = icon(<path d="m4 7.5 6 6 6-6" />)
export const Heart = icon(<path d="M10 16.5S3 12.6 3 7.9A3.7 3.7 0 0 1 10 6a3.7 3.7 0 0 1 7 1.9c0 4.7-7 8.6-7 8.6Z" />)
export const HeartFull = icon(<path d="M10 16.5S3 12.6 3 7.9A3.7 3.7 0 0 1 10 6a3.7 3.7 0 0 1 7 1.9c0 4.7-7 8.6-7 8.6Z" fill="currentColor" />)
export const Expand = icon(<path d="M12 3.5h4.5V8M8 16.5H3.5V12M16.5 3.5 11.5 8.5M3.5 16.5l5-5" />)
export const Fold = icon(<path d="M8.5 4v4.5H4M11.5 16v-4.5H16M8.5 8.5l-5-5M11.5 11.5l5 5" />)
export const Copy = icon(<><rect x="7" y="7" width="9.5" height="9.5" rx="2" /><path d="M13 4.5A1.5 1.5 0 0 0 11.5 3h-7A1.5 1.5 0 0 0 3 4.5v7A1.5 1.5 0 0 0 4.5 13" /></>)
export const Search = icon(<><circle cx="9" cy="9" r="5.5" /><path d="m13.2 13.2 3.8 3.8" /></>)
export const Check = icon(<path d="m4 10.5 4 4 8-9" stroke-width="2" />)
export const Vary = icon(<><rect x="3" y="3" width="6" height="6" rx="1.5" /><rect x="11" y="3" width="6" height="6" rx="1.5" /><rect x="3" y="11" width="6" height="6" rx="1.5" /><rect x="11" y="11" width="6" height="6" rx="1.5" /></>)
