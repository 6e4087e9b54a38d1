//! What a job does, family by family, as the reference says it under "What happens when".

mod approval;
mod cache;
mod call;
mod control;
mod fan_out;
mod fork;
mod order;
mod outputs;
mod pretend;
mod recovery;
mod retry;
mod slots;
mod undo;
mod wait;
