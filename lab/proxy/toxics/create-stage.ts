import type { Toxic } from '../toxic.ts'
import { bandwidthStage } from './bandwidth.ts'
import { latencyStage } from './latency.ts'
import { limitDataStage } from './limit-data.ts'
import { resetPeerStage } from './reset-peer.ts'
import { slicerStage } from './slicer.ts'
import { slowCloseStage } from './slow-close.ts'
import type { Stage, StageContext } from './stage.ts'
import { timeoutStage } from './timeout.ts'

/** Puts a toxic to work on one direction of one connection. */
export function createStage(toxic: Toxic, context: StageContext): Stage {
  switch (toxic.type) {
    case 'latency':
      return latencyStage(toxic, context)
    case 'bandwidth':
      return bandwidthStage(toxic, context)
    case 'slow_close':
      return slowCloseStage(toxic, context)
    case 'timeout':
      return timeoutStage(toxic, context)
    case 'reset_peer':
      return resetPeerStage(toxic, context)
    case 'slicer':
      return slicerStage(toxic, context)
    case 'limit_data':
      return limitDataStage(toxic, context)
  }
}
