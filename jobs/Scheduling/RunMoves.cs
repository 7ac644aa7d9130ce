using System.Globalization;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Jobs.Scheduling;

/// <summary>From one state of a run to the next, each with its reason in words.</summary>
internal static class RunMoves
{
    extension(Run run)
    {
        /// <summary>The run waits until a person resumes it, not for a time.</summary>
        public bool IsHeldByPerson => run.State is RunState.Paused && run.CommandBy is not null;

        public Run Begun(string node, DateTimeOffset now) =>
            run with
            {
                State = RunState.Running,
                Reason = $"{StepWords(run.Step)} on {node}",
                Node = node,
                CommandBy = null,
                Started = run.Started ?? now,
                Ended = null,
            };

        /// <summary>The window is closed.</summary>
        /// <param name="closed">When it closed, in the tenant's zone; null: it was closed when the run was to begin.</param>
        /// <param name="opens">Null: it never opens again.</param>
        public Run OutsideWindow(DateTimeOffset? closed, DateTimeOffset? opens, TimeZoneInfo zone)
        {
            var begun = run.Started is not null;
            var why = closed is { } at ? $"the window closed at {Local(at, zone, "HH:mm")}" : "the window is closed";
            var then = opens is { } next
                ? $"{(begun ? "goes on" : "begins")} at {Local(next, zone, "yyyy-MM-dd HH:mm")}"
                : "it never opens again: change the schedule";
            return run with
            {
                State = begun ? RunState.Paused : RunState.Waiting,
                Reason = $"{why}; {then}",
                Due = opens ?? run.Due,
                CommandBy = null,
                Remaining = null,
            };
        }

        public Run WaitingFor(string reason, DateTimeOffset due) =>
            run with
            {
                State = RunState.Waiting,
                Reason = reason,
                Due = due,
                Remaining = null,
            };

        public Run PausedByPerson() =>
            run with
            {
                State = RunState.Paused,
                Reason = $"paused by {run.CommandBy}",
                Command = RunCommand.None,
                Remaining = null,
            };

        public Run Cancelled(DateTimeOffset now) =>
            run with
            {
                State = RunState.Cancelled,
                Reason = $"cancelled by {run.CommandBy}",
                Command = RunCommand.None,
                Ended = now,
                Remaining = null,
            };

        public Run Resumed(DateTimeOffset now) =>
            run.WaitingFor($"resumed by {run.CommandBy}; waiting for a machine", now) with
            {
                Command = RunCommand.None,
                CommandBy = null,
            };

        /// <summary>The run gets its full number of attempts again.</summary>
        public Run Retried(DateTimeOffset now) =>
            run.WaitingFor($"tried again by {run.CommandBy}; waiting for a machine", now) with
            {
                Command = RunCommand.None,
                CommandBy = null,
                Attempt = 1,
                Ended = null,
            };

        public Run FailedForNow(string fault, DateTimeOffset again, TimeZoneInfo zone) =>
            run with
            {
                State = RunState.Retrying,
                Reason = $"{fault} Attempt {run.Attempt + 1} at {Local(again, zone, "yyyy-MM-dd HH:mm:ss")}.",
                Attempt = run.Attempt + 1,
                Due = again,
                Remaining = null,
            };

        public Run Failed(string fault, DateTimeOffset now) =>
            run with
            {
                State = RunState.Failed,
                Reason = run.Attempt > 1 ? $"{fault} Given up after {run.Attempt} attempts." : fault,
                Command = RunCommand.None,
                Ended = now,
                Remaining = null,
            };

        public Run NextStep(RunStep next, RunHandover handover, DateTimeOffset now) =>
            run.WaitingFor(next is RunStep.Train ? "waiting for a GPU" : "waiting for a machine", now) with
            {
                Step = next,
                Handover = handover,
                Job = null,
                Stage = "",
                Progress = 0,
                Note = "",
            };

        public Run Finished(RunFigures figures, DateTimeOffset now) =>
            run with
            {
                State = RunState.Finished,
                Reason = figures.Published
                    ? $"release {figures.ReleaseId} is published"
                    : $"nothing was published. {string.Join(' ', figures.GateReasons)}",
                Figures = figures,
                Command = RunCommand.None,
                Progress = 1,
                Remaining = null,
                Ended = now,
            };
    }

    private static string StepWords(RunStep step) =>
        step switch
        {
            RunStep.Prepare => "collecting and mining",
            RunStep.Train => "training",
            _ => "judging",
        };

    private static string Local(DateTimeOffset at, TimeZoneInfo zone, string format) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString(format, CultureInfo.InvariantCulture);
}
