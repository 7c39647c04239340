/** dollars is an amount of US dollars as the visitor's language writes it, with as many decimals as a price needs. */
export function dollars(amount: number): string {
  const language = document.documentElement.lang || []
  return new Intl.NumberFormat(language, { style: 'currency', currency: 'USD', minimumFractionDigits: 2, maximumFractionDigits: 6 }).format(amount)
}
