import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Close } from './icons'
import { tr } from '../words'

/** Dialog is a question or a page above the page. The browser keeps the focus in it; Esc and a click beside it close it. */
export function Dialog(props: { title: string; wide?: boolean; onClose: () => void; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => box.current?.showModal(), []) // before it can be seen or focused: a hurried key must not meet what is behind it
  return (
    <dialog
      ref={box}
      class={props.wide ? 'dialog wide' : 'dialog'}
      aria-labelledby="dialog-title"
      onClose={props.onClose}
      onMouseDown={(e) => e.target === box.current && box.current?.close()}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id="dialog-title">{props.title}</h2>
          <button class="plain round" aria-label={tr('Close')} onClick={() => box.current?.close()}>
            <Close />
          </button>
        </header>
        {props.children}
      </div>
    </dialog>
  )
}
