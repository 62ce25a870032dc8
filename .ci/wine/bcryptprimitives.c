/* A stand-in for Windows' bcryptprimitives.dll, which Wine before 9 does not have and the Rust half
   of `cryptography` will not start without. Its one function fills a buffer from the system's
   random generator, as the real one does. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG length); /* RtlGenRandom */

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length)
{
    const SIZE_T most = 1 << 28;
    while (length > 0) {
        const ULONG part = (ULONG)(length < most ? length : most);
        if (!SystemFunction036(buffer, part))
            return FALSE;
        buffer += part;
        length -= part;
    }
    return TRUE;
}
