using System.Globalization;
using System.Text;

namespace ServerSessions.Interop.Host.Json;

/// <summary>Numbers as JavaScript has them: all of them doubles, written by ECMA-262's <c>Number::toString</c>.</summary>
internal static class JavaScriptNumber
{
    // ECMA-262, 6.1.6.1.20: up to 21 digits are written out, and as many as 6 zeros after the point.
    private const int MaxPlainExponent = 21;
    private const int MinPlainExponent = -6;

    /// <summary>What <c>JSON.stringify(JSON.parse(text))</c> makes of a JSON number.</summary>
    public static string Normalize(string text) => ToText(double.Parse(text, CultureInfo.InvariantCulture));

    /// <summary>What <c>JSON.stringify</c> makes of a number.</summary>
    public static string ToText(double number)
    {
        if (!double.IsFinite(number))
        {
            return "null";
        }

        if (number == 0)
        {
            return "0";
        }

        var (digits, exponent) = Decompose(Math.Abs(number));
        return (number < 0 ? "-" : "") + Format(digits, exponent);
    }

    /// <summary>The shortest digits that read back as the number, and n such that the number is 0.digits times 10 to the n.</summary>
    private static (string Digits, int Exponent) Decompose(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E');
        var exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.');
        var whole = point < 0 ? mantissa : mantissa[..point];
        var all = whole + (point < 0 ? "" : mantissa[(point + 1)..]);
        var leading = all.Length - all.TrimStart('0').Length;
        return (all.Trim('0'), exponent + whole.Length - leading);
    }

    private static string Format(string digits, int n)
    {
        if (n is > 0 and <= MaxPlainExponent)
        {
            return digits.Length <= n ? digits.PadRight(n, '0') : $"{digits[..n]}.{digits[n..]}";
        }

        if (n is > MinPlainExponent and <= 0)
        {
            return new StringBuilder("0.").Append('0', -n).Append(digits).ToString();
        }

        var power = n - 1;
        var mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        return $"{mantissa}e{(power < 0 ? '-' : '+')}{Math.Abs(power)}";
    }
}
