import { Anchor, Button, type AnchorProps, type ButtonProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ReactNode } from 'react'

type OfAnchor<Props> = Props & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props>

/** A link to a page of PET, checked against its routes. */
export const TextLink = createLink((props: OfAnchor<AnchorProps> & { children?: ReactNode }) => (
  <Anchor {...props} />
))

/** A link to a page of PET that looks like a button. */
export const ButtonLink = createLink((props: OfAnchor<ButtonProps> & { children?: ReactNode }) => (
  <Button component="a" {...props} />
))
