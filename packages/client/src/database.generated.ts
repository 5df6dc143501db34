// Generated from the database by `pnpm generate types`. Do not edit.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  public: {
    Tables: {
      jobs: {
        Row: {
          attempt: number
          available_at: string
          cancel_requested: boolean
          chunk_index: number
          created_at: string
          customer_owner_id: number
          due: boolean
          error: string | null
          excluded_owner_id: number | null
          excluded_owner_ids: number[]
          failures: number
          fed: boolean
          finished_at: string | null
          id: string
          lease_expires_at: string | null
          losses: number
          metrics: Json | null
          moves: number
          node_id: string | null
          offered_to: number | null
          offered_until: string | null
          price_per_hour: number | null
          priority: number
          progress: number
          provider_address: string | null
          replica: number
          seq: number
          stage: number
          started_at: string | null
          status: string
          task_id: string
          type: string
        }
        ComputedFields: never
        Insert: {
          attempt?: number
          available_at?: string
          cancel_requested?: boolean
          chunk_index: number
          created_at?: string
          customer_owner_id: number
          due?: boolean
          error?: string | null
          excluded_owner_id?: number | null
          excluded_owner_ids?: number[]
          failures?: number
          fed?: boolean
          finished_at?: string | null
          id?: string
          lease_expires_at?: string | null
          losses?: number
          metrics?: Json | null
          moves?: number
          node_id?: string | null
          offered_to?: number | null
          offered_until?: string | null
          price_per_hour?: number | null
          priority?: number
          progress?: number
          provider_address?: string | null
          replica?: number
          seq?: never
          stage?: number
          started_at?: string | null
          status?: string
          task_id: string
          type: string
        }
        Update: {
          attempt?: number
          available_at?: string
          cancel_requested?: boolean
          chunk_index?: number
          created_at?: string
          customer_owner_id?: number
          due?: boolean
          error?: string | null
          excluded_owner_id?: number | null
          excluded_owner_ids?: number[]
          failures?: number
          fed?: boolean
          finished_at?: string | null
          id?: string
          lease_expires_at?: string | null
          losses?: number
          metrics?: Json | null
          moves?: number
          node_id?: string | null
          offered_to?: number | null
          offered_until?: string | null
          price_per_hour?: number | null
          priority?: number
          progress?: number
          provider_address?: string | null
          replica?: number
          seq?: never
          stage?: number
          started_at?: string | null
          status?: string
          task_id?: string
          type?: string
        }
        Relationships: []
      }
      nodes: {
        Row: {
          capabilities: NonNullable<Json>
          current_jobs: number
          found_nothing_until: string | null
          hardware_id: string
          id: string
          key_hash: string | null
          last_seen: string
          max_jobs: number
          next_poll_at: string
          operator: boolean
          owner_id: number
          payee_owner_id: number
          price_per_hour: number | null
          programs: string[] | null
          provider_address: string
          raised_max_jobs: number | null
          registered_at: string
          site_id: string | null
          site_owner_id: number | null
          total_jobs_completed: number
          unsuited_until: string | null
          worker_type: string
        }
        ComputedFields: never
        Insert: {
          capabilities?: NonNullable<Json>
          current_jobs?: number
          found_nothing_until?: string | null
          hardware_id: string
          id?: string
          key_hash?: string | null
          last_seen?: string
          max_jobs: number
          next_poll_at?: string
          operator?: boolean
          owner_id: number
          payee_owner_id: number
          price_per_hour?: number | null
          programs?: string[] | null
          provider_address: string
          raised_max_jobs?: number | null
          registered_at?: string
          site_id?: string | null
          site_owner_id?: number | null
          total_jobs_completed?: number
          unsuited_until?: string | null
          worker_type?: string
        }
        Update: {
          capabilities?: NonNullable<Json>
          current_jobs?: number
          found_nothing_until?: string | null
          hardware_id?: string
          id?: string
          key_hash?: string | null
          last_seen?: string
          max_jobs?: number
          next_poll_at?: string
          operator?: boolean
          owner_id?: number
          payee_owner_id?: number
          price_per_hour?: number | null
          programs?: string[] | null
          provider_address?: string
          raised_max_jobs?: number | null
          registered_at?: string
          site_id?: string | null
          site_owner_id?: number | null
          total_jobs_completed?: number
          unsuited_until?: string | null
          worker_type?: string
        }
        Relationships: []
      }
    }
    Views: {
      active_jobs: {
        Row: {
          active_jobs: number | null
          oldest_started_at: string | null
          type: string | null
          worker: string | null
          worker_type: string | null
        }
        ComputedFields: never
        Relationships: []
      }
      job_stats: {
        Row: {
          count: number | null
          status: string | null
          type: string | null
        }
        ComputedFields: never
        Relationships: []
      }
      pending_jobs_queue: {
        Row: {
          attempt: number
          created_at: string
          id: string
          offered_until: string | null
          priority: number
          status: string
          type: string
        }
        ComputedFields: never
        Insert: {
          attempt?: number | null
          created_at?: string | null
          id?: string | null
          offered_until?: string | null
          priority?: number | null
          status?: string | null
          type?: string | null
        }
        Update: {
          attempt?: number | null
          created_at?: string | null
          id?: string | null
          offered_until?: string | null
          priority?: number | null
          status?: string | null
          type?: string | null
        }
        Relationships: []
      }
    }
    Functions: {
      cancel_task: { Args: { p_task_id: string }; Returns: Json }
      change_play_money: { Args: { p_amount: string; p_request_id?: string }; Returns: Json }
      chunk_attempts: { Args: { p_chunk_index: number; p_limit?: number; p_task_id: string }; Returns: Json }
      claim_job: { Args: { p_provider_address?: string }; Returns: Json }
      claim_job_fair: { Args: { p_job_id: string; p_provider_address: string }; Returns: boolean }
      claimed_job: { Args: { p_job_id: string; p_provider_address: string }; Returns: Json }
      cleanup_stale_jobs: { Args: Record<PropertyKey, never>; Returns: number }
      complete_job: {
        Args: {
          p_attempt?: number
          p_error?: string
          p_job_id: string
          p_provider_address: string
          p_result?: Json
          p_result_hash?: string
          p_result_url?: string
          p_status?: string
        }
        Returns: boolean
      }
      create_api_key: { Args: { p_key: Json }; Returns: Json }
      create_brief: { Args: { p_brief: Json }; Returns: Json }
      create_brief_job: { Args: { p_job: Json }; Returns: Json }
      create_claim_code: { Args: { p_node_id: string }; Returns: Json }
      create_schedule: { Args: { p_schedule: Json }; Returns: Json }
      create_site: { Args: { p_site: Json }; Returns: Json }
      create_task: { Args: { p_task: Json }; Returns: Json }
      delete_schedule: { Args: { p_schedule_id: string }; Returns: boolean }
      explain_claim: { Args: { p_node_id: string }; Returns: Json }
      fail_job: {
        Args: { p_attempt?: number; p_error?: string; p_job_id: string; p_provider_address: string }
        Returns: boolean
      }
      forget_me: { Args: Record<PropertyKey, never>; Returns: Json }
      get_job: { Args: { p_job_id: string }; Returns: Json }
      get_network_stats: { Args: Record<PropertyKey, never>; Returns: Json }
      get_program: { Args: { p_hash: string }; Returns: Json }
      get_site: { Args: { p_site_key: string }; Returns: Json }
      get_task: { Args: { p_task_id: string }; Returns: Json }
      get_worker_stats: {
        Args: Record<PropertyKey, never>
        Returns: {
          current_jobs: number
          last_seen: string
          max_jobs: number
          online: boolean
          total_jobs_completed: number
          worker: string
          worker_type: string
        }[]
      }
      heartbeat: {
        Args: { p_attempt?: number; p_job_id?: string; p_metrics?: Json; p_node_id: string; p_progress?: number }
        Returns: Json
      }
      list_api_keys: { Args: Record<PropertyKey, never>; Returns: Json }
      list_schedules: { Args: Record<PropertyKey, never>; Returns: Json }
      list_sites: { Args: Record<PropertyKey, never>; Returns: Json }
      list_tasks: { Args: { p_limit?: number }; Returns: Json }
      my_balance: { Args: Record<PropertyKey, never>; Returns: Json }
      my_card_money: { Args: Record<PropertyKey, never>; Returns: Json }
      my_earnings: { Args: Record<PropertyKey, never>; Returns: Json }
      my_jobs: {
        Args: { p_customer_address?: string; p_limit?: number; p_status?: string; p_task_id?: string }
        Returns: Json
      }
      my_nodes: { Args: Record<PropertyKey, never>; Returns: Json }
      my_payout: { Args: Record<PropertyKey, never>; Returns: Json }
      my_statement: {
        Args: { p_account: string; p_after?: string; p_asset?: string; p_limit?: number; p_task_id?: string }
        Returns: Json
      }
      my_voucher: { Args: Record<PropertyKey, never>; Returns: Json }
      next_jobs: { Args: { p_limit?: number; p_provider_address: string }; Returns: Json }
      node_jobs: { Args: { p_job_id?: string; p_limit?: number; p_worker_id?: string }; Returns: Json }
      operator_allow_program: { Args: { p_program: string }; Returns: Json }
      operator_halt: { Args: { p_reason: string }; Returns: undefined }
      operator_node: { Args: { p_node_id: string }; Returns: Json }
      operator_nodes: { Args: Record<PropertyKey, never>; Returns: Json }
      operator_overview: { Args: Record<PropertyKey, never>; Returns: Json }
      operator_resume: { Args: Record<PropertyKey, never>; Returns: undefined }
      operator_stop_program: { Args: { p_program: string; p_reason: string }; Returns: Json }
      pause_task: { Args: { p_task_id: string }; Returns: Json }
      redeem_claim_code: { Args: { p_code: string }; Returns: Json }
      register_node: {
        Args: {
          p_capabilities?: Json
          p_hardware_id: string
          p_price_per_hour?: number
          p_site_key?: string
          p_worker_type?: string
        }
        Returns: Json
      }
      request_card_refund: { Args: { p_amount: string; p_request_id?: string }; Returns: Json }
      request_payout: { Args: Record<PropertyKey, never>; Returns: Json }
      resume_node: { Args: { p_max_jobs?: number; p_node_id: string }; Returns: Json }
      resume_task: { Args: { p_task_id: string }; Returns: Json }
      revoke_api_key: { Args: { p_key_id: string }; Returns: Json }
      revoke_node: { Args: { p_node_id: string }; Returns: Json }
      revoke_site_key: { Args: { p_site_id: string }; Returns: Json }
      run_schedule: { Args: { p_schedule_id: string }; Returns: Json }
      save_checkpoint: {
        Args: { p_attempt: number; p_hash?: string; p_job_id: string; p_node_id: string; p_state?: string }
        Returns: boolean
      }
      set_payout_from: { Args: { p_from: string }; Returns: Json }
      set_schedule_enabled: { Args: { p_enabled: boolean; p_schedule_id: string }; Returns: Json }
      show_claim_code: { Args: { p_code: string }; Returns: Json }
      task_failures: { Args: { p_after?: number; p_limit?: number; p_task_id: string }; Returns: Json }
      task_inputs: { Args: { p_after?: number; p_limit?: number; p_task_id: string }; Returns: Json }
      task_results: {
        Args: { p_after?: number; p_chunks?: number[]; p_limit?: number; p_stage?: number; p_task_id: string }
        Returns: Json
      }
      update_site: { Args: { p_site: Json; p_site_id: string }; Returns: Json }
      visitor_earnings: { Args: { p_node_id: string }; Returns: Json }
      work_batch: { Args: { p_done?: Json; p_limit?: number; p_node_id: string }; Returns: Json }
      work_cycle: { Args: { p_claim?: boolean; p_done?: Json; p_node_id: string }; Returns: Json }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}
