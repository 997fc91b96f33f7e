namespace Session;

/// <summary>The time for a call of the store was over. Never leaves <see cref="StoreAccess"/>; a type of its own, since stores throw time-outs, too.</summary>
internal sealed class DeadlineException : Exception;
