using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ServerSessions.Testing;

/// <summary>The signals that servers are ended, stopped and frozen with; the values are Linux's.</summary>
public enum Signal
{
    /// <summary>SIGINT.</summary>
    Interrupt = 2,

    /// <summary>SIGQUIT.</summary>
    Quit = 3,

    /// <summary>SIGKILL.</summary>
    Kill = 9,

    /// <summary>SIGTERM.</summary>
    Terminate = 15,

    /// <summary>SIGCONT.</summary>
    Continue = 18,

    /// <summary>SIGSTOP.</summary>
    Stop = 19,
}

/// <summary>Sends signals to processes that a test has started. Only Linux.</summary>
public static partial class Signals
{
    private const int NoSuchProcess = 3;

    /// <summary>Sends the signal; a process that has ended meanwhile is no error.</summary>
    public static void Send(int processId, Signal signal)
    {
        if (Kill(processId, (int)signal) != 0 && Marshal.GetLastPInvokeError() is not NoSuchProcess and var error)
        {
            throw new Win32Exception(error, $"Signal {signal} did not reach process {processId}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
