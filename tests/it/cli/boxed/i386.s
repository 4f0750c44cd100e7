# A program of 32 bits: says so, then asks for something that no container gets, and ends with the number of the error.
# It is assembled by the test that runs it: `as --32`, `ld -m elf_i386`.
.globl _start
.text
_start:
    mov $4, %eax            # write(1, said, length)
    mov $1, %ebx
    mov $said, %ecx
    mov $length, %edx
    int $0x80
    mov $288, %eax          # keyctl(999, 0, 0)
    mov $999, %ebx
    xor %ecx, %ecx
    xor %edx, %edx
    int $0x80
    mov %eax, %ebx
    neg %ebx
    mov $1, %eax            # exit(-answer)
    int $0x80
.data
said: .ascii "32 bits\n"
length = . - said
