import type { TaskForecast } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'

export const readTaskForecast = (forecast: Fields): TaskForecast => {
  const cost = forecast.object('cost')
  return {
    pilots: forecast.number('pilots'),
    secondsPerChunk: forecast.number('secondsPerChunk'),
    finish: forecast.orNull('finish', (name) => {
      const finish = forecast.object(name)
      return { earliest: finish.text('earliest'), likely: finish.text('likely'), latest: finish.text('latest') }
    }),
    cost: { low: cost.amount('low'), likely: cost.amount('likely'), high: cost.amount('high') },
  }
}
